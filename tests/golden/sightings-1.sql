BEGIN TRANSACTION;
CREATE TABLE audit (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        host TEXT NOT NULL,
        action TEXT NOT NULL,
        details TEXT NOT NULL,
        previous TEXT NOT NULL CHECK (length(previous) = 64),
        sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
    ) STRICT
    ;
INSERT INTO "audit" VALUES(1,'2026-11-28T10:58:00.647+00:00','examiner','lab-1','creation','{"from":0,"to":1,"tool":"0.1.0"}','0000000000000000000000000000000000000000000000000000000000000000','7a72612a875fb11475f159710c31c5c0910000a7c4b022093cd9261cb6729abc');
INSERT INTO "audit" VALUES(2,'2026-11-28T10:58:00.672+00:00','examiner','lab-1','start','{"case":"1","fingerprint":"23da50f077912ef4c1af1107c140c345fa86606d8b65999fbf3f83ae09a22ca3","rows":{"cases":[{"id":1,"name":"1"}],"hashings":[{"id":1,"options":"{\"options\":{\"algorithms\":[\"pdq\"],\"mode\":\"fast\"},\"version\":\"1\"}"}],"run_lists":[{"entries":1000,"id":1,"known_good":0,"name":"vic","policy":"{\"coverage\":null,\"known_good_entries\":null,\"thresholds\":{\"pdq\":20}}","run_id":1,"sha256":"[\"abababababababababababababababababababababababababababababababab\"]","version":"2026-11"}],"runs":[{"command":"hashmatch scan /evidence/7","ended":"","host":"lab-1","id":1,"libraries":"{\"pillow\":\"11.3\"}","profile":"{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"source\":\"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py\",\"thresholds\":{\"dhash-256\":14,\"dhash-64\":2,\"pdq\":31,\"phash-256\":44,\"phash-64\":6},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0}}","resumed":null,"scan_id":1,"started":"2026-11-28T10:58:00.672+00:00","status":"running","tool":"0.1.0"}],"scans":[{"binding":"{\"hashing\":\"1\",\"lists\":{\"vic\":{\"entries\":1000,\"files\":[\"abababababababababababababababababababababababababababababababab\"],\"known good\":false,\"policy\":{\"thresholds\":{\"pdq\":20}}}},\"options\":{\"algorithms\":[\"pdq\"],\"mode\":\"fast\"},\"profile\":{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"thresholds\":{\"dhash-256\":14,\"dhash-64\":2,\"pdq\":31,\"phash-256\":44,\"phash-64\":6},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0}},\"source\":{\"identity\":{\"volume\":\"1234-ABCD\"},\"kind\":\"folder\",\"path\":\"/evidence/7\"}}","done":0,"fingerprint":"23da50f077912ef4c1af1107c140c345fa86606d8b65999fbf3f83ae09a22ca3","hashing_id":1,"id":1,"identity":"{\"volume\":\"1234-ABCD\"}","kind":"folder","path":"/evidence/7","source_id":1}],"sources":[{"case_id":1,"id":1,"label":"exhibit 7"}]},"run":1,"source":"exhibit 7"}','7a72612a875fb11475f159710c31c5c0910000a7c4b022093cd9261cb6729abc','dde64404d3d4c596c1bbd2c11da8e13f7bab99d6ec5ab541fdd4059b57080044');
INSERT INTO "audit" VALUES(3,'2026-11-28T10:58:00.690+00:00','examiner','lab-1','batch','{"hashed":4,"run":1,"skipped":1,"units":{"contents":{"checks":"7b3901dbc917e439754ccb3c15cbc7d2ec40120e997a84dd","count":6,"first":1,"sha256":"c24da11bcfc0fdb6d7b9df288a0f25e04ab9da302a2c1a96a20ddf751361a79b"},"items":{"checks":"49a2efb983b71ab4939dbcc6a3f5a6d3eda96246dab3eeaf","count":6,"first":1,"sha256":"4d3c5c548258fdc6d3a61fcdbc37505e77160afc1ba16b9b040afe1b31a67a66"},"pictures":{"checks":"723d87029d61e4b5f678a696ab2a8bcd","count":4,"first":1,"sha256":"5bb75b1625cf5169156e8b6ed13968f2536ad28a1c1a5e71d3cde795be4f01d9"},"sightings":{"checks":"6abbaa957d9b2cf9","count":2,"first":1,"sha256":"292db073a6afd407cdb40abfedc637f150ed33157257b840c54e287d5c51dca3"}},"unreadable":1}','dde64404d3d4c596c1bbd2c11da8e13f7bab99d6ec5ab541fdd4059b57080044','fde5aea0fe38aee89aaab1e295f9835d87fa7cced78c5c96585d0ae1546f1cf5');
INSERT INTO "audit" VALUES(4,'2026-11-28T10:58:00.710+00:00','examiner','lab-1','refusal','{"case":"1","command":"hashmatch scan /evidence/7","message":"a scan of this source stopped after 6 items: resume it (--resume), or rescan it (--rescan)","rows":{},"source":"exhibit 7"}','fde5aea0fe38aee89aaab1e295f9835d87fa7cced78c5c96585d0ae1546f1cf5','f18bcb3f1e9e8d56402f5cb9118a32a4d144c168013ee06896ca0a8831aace18');
INSERT INTO "audit" VALUES(5,'2026-11-28T10:58:00.718+00:00','examiner','lab-1','resume','{"case":"1","fingerprint":"23da50f077912ef4c1af1107c140c345fa86606d8b65999fbf3f83ae09a22ca3","items":6,"resumed":1,"rows":{"run_lists":[{"entries":1000,"id":2,"known_good":0,"name":"vic","policy":"{\"coverage\":null,\"known_good_entries\":null,\"thresholds\":{\"pdq\":20}}","run_id":2,"sha256":"[\"abababababababababababababababababababababababababababababababab\"]","version":"2026-11"}],"runs":[{"ended":"","id":1,"status":"interrupted"},{"command":"hashmatch scan /evidence/7","ended":"","host":"lab-1","id":2,"libraries":"{\"pillow\":\"11.3\"}","profile":"{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"source\":\"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py\",\"thresholds\":{\"dhash-256\":14,\"dhash-64\":2,\"pdq\":31,\"phash-256\":44,\"phash-64\":6},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0}}","resumed":1,"scan_id":1,"started":"2026-11-28T10:58:00.718+00:00","status":"running","tool":"0.1.0"}]},"run":2,"source":"exhibit 7"}','f18bcb3f1e9e8d56402f5cb9118a32a4d144c168013ee06896ca0a8831aace18','fd3838ebffcfde2dbed63ad648ebab0ca3f162233bc78f975b080d6a20e8e52f');
INSERT INTO "audit" VALUES(6,'2026-11-28T10:58:00.734+00:00','examiner','lab-1','batch','{"hashed":3,"run":2,"skipped":1,"units":{"contents":{"checks":"14063e07a921734a3c9719afd5373cd1","count":4,"first":7,"sha256":"85c706e225f6d7c22c9e06e054b51ff23590710809083ddabbe77e9fae0e60d7"},"items":{"checks":"4c8566c72ef106d82df85b8fd1d4964c1217f92824e09f98","count":6,"first":7,"sha256":"ed648d517f65a49d0efb34685917cd8f14b83229c88107f2313107de5238a95d"},"pictures":{"checks":"ce46a188b7c48a56ad6f27a8","count":3,"first":5,"sha256":"2a13ec50e17a8f100da20760251b0ff133c0d6e2253935fd0d3806df9606a3f8"}},"unreadable":2}','fd3838ebffcfde2dbed63ad648ebab0ca3f162233bc78f975b080d6a20e8e52f','883f8deba405df59b1c2df75bdd7ce7ae5191cefe36f29ab1fc7252ea5c7a480');
INSERT INTO "audit" VALUES(7,'2026-11-28T10:58:00.738+00:00','examiner','lab-1','batch','{"hashed":3,"run":2,"skipped":0,"units":{"contents":{"checks":"cf5dcc55214606b9b9b2e6f7","count":3,"first":11,"sha256":"5e4e205d359d09df473be303e663dbcb85cb7fc614c58d8d4b635fc56177b08d"},"items":{"checks":"ed3140188b02c7c7f2dd4309a5b13632","count":4,"first":13,"sha256":"ffec4a3f98fec9b4217f77b22cbbe37a8cbc8005211f059882b9fb642ec1acd8"},"pictures":{"checks":"fe2c355bf40ffe91a2f8b8d6","count":3,"first":8,"sha256":"19daba7f8f805b0df7479eeb8080b9ecd2ea539d4c17ecea75bffa6ed02bff3a"},"sightings":{"checks":"5aca8df7e6fb3f06","count":2,"first":3,"sha256":"725c248f028449a33b6db7f660e59818f742217f5d52a437aa86b758ae884f30"}},"unreadable":1}','883f8deba405df59b1c2df75bdd7ce7ae5191cefe36f29ab1fc7252ea5c7a480','4b90b22161117bb8a541862b9c3f5a4ca4dcd27f60765102ba7f461ca396212d');
INSERT INTO "audit" VALUES(8,'2026-11-28T10:58:00.753+00:00','examiner','lab-1','end','{"items":16,"rows":{"runs":[{"ended":"2026-11-28T10:58:00.753+00:00","id":2,"status":"done"}],"scans":[{"done":1,"id":1}]},"run":2}','4b90b22161117bb8a541862b9c3f5a4ca4dcd27f60765102ba7f461ca396212d','d999c69292401da65491e2760386298fe348d29b1a321dabcaa9d3acf138ab52');
INSERT INTO "audit" VALUES(9,'2026-11-28T10:58:00.779+00:00','examiner','lab-1','start','{"case":"1","fingerprint":"23da50f077912ef4c1af1107c140c345fa86606d8b65999fbf3f83ae09a22ca3","rows":{"run_lists":[{"entries":1000,"id":3,"known_good":0,"name":"vic","policy":"{\"coverage\":null,\"known_good_entries\":null,\"thresholds\":{\"pdq\":20}}","run_id":3,"sha256":"[\"abababababababababababababababababababababababababababababababab\"]","version":"2026-11"}],"runs":[{"command":"hashmatch scan /evidence/7","ended":"","host":"lab-1","id":3,"libraries":"{\"pillow\":\"11.3\"}","profile":"{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"source\":\"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py\",\"thresholds\":{\"dhash-256\":14,\"dhash-64\":2,\"pdq\":31,\"phash-256\":44,\"phash-64\":6},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0}}","resumed":null,"scan_id":2,"started":"2026-11-28T10:58:00.779+00:00","status":"running","tool":"0.1.0"}],"scans":[{"binding":"{\"hashing\":\"1\",\"lists\":{\"vic\":{\"entries\":1000,\"files\":[\"abababababababababababababababababababababababababababababababab\"],\"known good\":false,\"policy\":{\"thresholds\":{\"pdq\":20}}}},\"options\":{\"algorithms\":[\"pdq\"],\"mode\":\"fast\"},\"profile\":{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"thresholds\":{\"dhash-256\":14,\"dhash-64\":2,\"pdq\":31,\"phash-256\":44,\"phash-64\":6},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0}},\"source\":{\"identity\":{\"volume\":\"1234-ABCD\"},\"kind\":\"folder\",\"path\":\"/evidence/7\"}}","done":0,"fingerprint":"23da50f077912ef4c1af1107c140c345fa86606d8b65999fbf3f83ae09a22ca3","hashing_id":1,"id":2,"identity":"{\"volume\":\"1234-ABCD\"}","kind":"folder","path":"/evidence/7","source_id":1}]},"run":3,"source":"exhibit 7"}','d999c69292401da65491e2760386298fe348d29b1a321dabcaa9d3acf138ab52','81416f2a9fec6c6ff816d07035473bbba67d0f57399472a6111198eedd7de70a');
INSERT INTO "audit" VALUES(10,'2026-11-28T10:58:00.802+00:00','examiner','lab-1','batch','{"hashed":0,"run":3,"skipped":1,"units":{"items":{"checks":"1e02f03897640599","count":2,"first":17,"sha256":"295e49cdc13d465ef0a362f3eb4d0fdb2624274cd4947ac204136dfdfa94094a"}},"unreadable":1}','81416f2a9fec6c6ff816d07035473bbba67d0f57399472a6111198eedd7de70a','9c5f41578215d64a9ae9b68f8d7d61204a6ca5169e8c4eaf67561519e6b20258');
INSERT INTO "audit" VALUES(11,'2026-11-28T10:58:00.810+00:00','examiner','lab-1','end','{"items":2,"rows":{"runs":[{"ended":"2026-11-28T10:58:00.810+00:00","id":3,"status":"failed"}]},"run":3}','9c5f41578215d64a9ae9b68f8d7d61204a6ca5169e8c4eaf67561519e6b20258','e7f342ecb1a505f6ecee2932a3816ac5d9c0b19a068d6f61dd855978d821aea0');
INSERT INTO "audit" VALUES(12,'2026-11-28T10:58:00.839+00:00','examiner','lab-1','export','{"file":"report.html"}','e7f342ecb1a505f6ecee2932a3816ac5d9c0b19a068d6f61dd855978d821aea0','2fe8ce14b7f6d49b9c4f1c100758cf2bac34cee2006a3f8321578abb3ee53770');
CREATE TABLE cases (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT
    ;
INSERT INTO "cases" VALUES(1,'1');
CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases,
        sha256 BLOB CHECK (length(sha256) = 32),
        sha1 BLOB CHECK (length(sha1) = 20),
        md5 BLOB CHECK (length(md5) = 16),
        size INTEGER CHECK (size >= 0),
        UNIQUE (sha256, case_id)
    ) STRICT
    ;
INSERT INTO "contents" VALUES(1,1,X'4FCDD8C15ADDB15F1E994008677C740848168CD8D32E92D44301EA12B37A93FB',X'4FCDD8C15ADDB15F1E994008677C740848168CD8',X'4FCDD8C15ADDB15F1E994008677C7408',0);
INSERT INTO "contents" VALUES(2,1,X'4DFF4EA340F0A823F15D3F4F01AB62EAE0E5DA579CCB851F8DB9DFE84C58B2B3',X'4DFF4EA340F0A823F15D3F4F01AB62EAE0E5DA57',X'4DFF4EA340F0A823F15D3F4F01AB62EA',5001);
INSERT INTO "contents" VALUES(3,1,X'40B244112641DD78DD4F93B6C9190DD46E0099194D5A44257B7EFAD6EF9FF468',X'40B244112641DD78DD4F93B6C9190DD46E009919',X'40B244112641DD78DD4F93B6C9190DD4',5002);
INSERT INTO "contents" VALUES(4,1,X'3BAFBF08882A2D10133093A1B8433F50563B93C14ACD05B79028EB1D12799027',X'3BAFBF08882A2D10133093A1B8433F50563B93C1',X'3BAFBF08882A2D10133093A1B8433F50',5003);
INSERT INTO "contents" VALUES(5,1,X'A321D8B405E3EF2604959847B36D171EEBEBC4A8941DC70A4784935A4FCA5D58',X'A321D8B405E3EF2604959847B36D171EEBEBC4A8',X'A321D8B405E3EF2604959847B36D171E',5004);
INSERT INTO "contents" VALUES(6,1,X'06DF05371981A237D0ED11472FAE7C94C9AC0EFF1D05413516710D17B10A4FB6',X'06DF05371981A237D0ED11472FAE7C94C9AC0EFF',X'06DF05371981A237D0ED11472FAE7C94',5005);
INSERT INTO "contents" VALUES(7,1,X'3C9AD55147A7144F6067327C3B82EA70E7C5426ADD9CEEA4D07DC2902239BF9E',X'3C9AD55147A7144F6067327C3B82EA70E7C5426A',X'3C9AD55147A7144F6067327C3B82EA70',5006);
INSERT INTO "contents" VALUES(8,1,X'74A49C698DBD3C12E36B0B287447D833F74F3937FF132EBFF7054BAA18623C35',X'74A49C698DBD3C12E36B0B287447D833F74F3937',X'74A49C698DBD3C12E36B0B287447D833',5011);
INSERT INTO "contents" VALUES(9,1,X'5AADB45520DCD8726B2822A7A78BB53D794F557199D5D4ABDEDD2C55A4BD6CA7',X'5AADB45520DCD8726B2822A7A78BB53D794F5571',X'5AADB45520DCD8726B2822A7A78BB53D',5012);
INSERT INTO "contents" VALUES(10,1,X'413F2BA78C7ED4CCEFBE0CC4F51D3EB5CB15F13FEC999DE4884BE92507674666',X'413F2BA78C7ED4CCEFBE0CC4F51D3EB5CB15F13F',X'413F2BA78C7ED4CCEFBE0CC4F51D3EB5',5013);
INSERT INTO "contents" VALUES(11,1,X'5F3A799BA20C20A225F75D4FE2ACAB79912DFCD2F2B333BF062B37ACBB646338',X'5F3A799BA20C20A225F75D4FE2ACAB79912DFCD2',X'5F3A799BA20C20A225F75D4FE2ACAB79',5014);
INSERT INTO "contents" VALUES(12,1,X'9A6398CFFC55ADE35B39F1E41CF46C7C491744961853FF9571D09ABB55A78976',X'9A6398CFFC55ADE35B39F1E41CF46C7C49174496',X'9A6398CFFC55ADE35B39F1E41CF46C7C',5015);
INSERT INTO "contents" VALUES(13,1,X'7C73947FA1821233428DD9684E52CE908130A91B903D5179F731C9DED61F06CE',X'7C73947FA1821233428DD9684E52CE908130A91B',X'7C73947FA1821233428DD9684E52CE90',5016);
CREATE TABLE hashings (
        id INTEGER PRIMARY KEY,
        options TEXT NOT NULL UNIQUE
    ) STRICT
    ;
INSERT INTO "hashings" VALUES(1,'{"options":{"algorithms":["pdq"],"mode":"fast"},"version":"1"}');
CREATE TABLE items (
        id INTEGER PRIMARY KEY,
        scan_id INTEGER NOT NULL REFERENCES scans,
        run_id INTEGER NOT NULL REFERENCES runs,
        locator TEXT NOT NULL,
        size INTEGER CHECK (size >= 0),
        content_id INTEGER REFERENCES contents,
        picture_id INTEGER REFERENCES pictures,
        status TEXT NOT NULL CHECK (status IN ('hashed', 'unreadable', 'skipped')),
        reason TEXT NOT NULL,
        detail TEXT NOT NULL,
        known_good INTEGER NOT NULL CHECK (known_good IN (0, 1)),
        raised INTEGER NOT NULL CHECK (raised >= 0),
        UNIQUE (scan_id, locator),
        CHECK ((status = 'hashed') = (picture_id IS NOT NULL)),
        CHECK (status = 'hashed' OR reason <> '')
    ) STRICT
    ;
INSERT INTO "items" VALUES(1,1,1,'/evidence/7/DCIM/IMG_00000.JPG',0,1,NULL,'skipped','empty','',0,0);
INSERT INTO "items" VALUES(2,1,1,'/evidence/7/DCIM/IMG_00001.JPG',5001,2,1,'hashed','','',0,0);
INSERT INTO "items" VALUES(3,1,1,'/evidence/7/DCIM/IMG_00002.JPG',5002,3,2,'hashed','','',0,0);
INSERT INTO "items" VALUES(4,1,1,'/evidence/7/DCIM/IMG_00003.JPG',5003,4,NULL,'unreadable','damaged','no picture in it: 3',0,0);
INSERT INTO "items" VALUES(5,1,1,'/evidence/7/DCIM/IMG_00004.JPG',5004,5,3,'hashed','','',0,0);
INSERT INTO "items" VALUES(6,1,1,'/evidence/7/DCIM/IMG_00005.JPG',5005,6,4,'hashed','truncated','',0,2);
INSERT INTO "items" VALUES(7,1,2,'/evidence/7/DCIM/IMG_00006.JPG',5006,7,5,'hashed','','',0,0);
INSERT INTO "items" VALUES(8,1,2,'"/evidence/7/caf\udce9 \x1b[31m\n<script>.jpg9"',NULL,NULL,NULL,'unreadable','io-error','Input/output error',0,0);
INSERT INTO "items" VALUES(9,1,2,'/evidence/7/DCIM/IMG_00010.JPG',0,1,NULL,'skipped','empty','',0,0);
INSERT INTO "items" VALUES(10,1,2,'/evidence/7/DCIM/IMG_00011.JPG',5011,8,6,'hashed','','',0,0);
INSERT INTO "items" VALUES(11,1,2,'/evidence/7/DCIM/IMG_00012.JPG',5012,9,7,'hashed','','',0,0);
INSERT INTO "items" VALUES(12,1,2,'/evidence/7/DCIM/IMG_00013.JPG',5013,10,NULL,'unreadable','damaged','no picture in it: 13',0,0);
INSERT INTO "items" VALUES(13,1,2,'/evidence/7/DCIM/IMG_00014.JPG',5014,11,8,'hashed','','',0,0);
INSERT INTO "items" VALUES(14,1,2,'/evidence/7/DCIM/IMG_00015.JPG',5015,12,9,'hashed','truncated','',0,2);
INSERT INTO "items" VALUES(15,1,2,'/evidence/7/DCIM/IMG_00016.JPG',5016,13,10,'hashed','','',0,0);
INSERT INTO "items" VALUES(16,1,2,'"/evidence/7/caf\udce9 \x1b[31m\n<script>.jpg19"',NULL,NULL,NULL,'unreadable','io-error','Input/output error',0,0);
INSERT INTO "items" VALUES(17,2,3,'/evidence/7/DCIM/IMG_00000.JPG',0,1,NULL,'skipped','empty','',0,0);
INSERT INTO "items" VALUES(18,2,3,'/evidence/7/DCIM/IMG_00003.JPG',5003,4,NULL,'unreadable','damaged','no picture in it: 3',0,0);
CREATE TABLE pictures (
        id INTEGER PRIMARY KEY,
        content_id INTEGER NOT NULL REFERENCES contents,
        hashing_id INTEGER NOT NULL REFERENCES hashings,
        mode TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        format TEXT NOT NULL,
        decoder TEXT NOT NULL,
        frames INTEGER NOT NULL,
        flags TEXT NOT NULL,
        fraction REAL NOT NULL CHECK (fraction BETWEEN 0 AND 1),
        reason TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "pictures" VALUES(1,2,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(2,3,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(3,5,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(4,6,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',0.5,'truncated');
INSERT INTO "pictures" VALUES(5,7,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(6,8,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(7,9,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(8,11,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(9,12,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',0.5,'truncated');
INSERT INTO "pictures" VALUES(10,13,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
CREATE TABLE readings (
        picture_id INTEGER NOT NULL REFERENCES pictures,
        position INTEGER NOT NULL,
        algorithm TEXT NOT NULL,
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        alpha_dropped INTEGER NOT NULL CHECK (alpha_dropped IN (0, 1)),
        frame INTEGER NOT NULL,
        quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 100),
        hash BLOB NOT NULL,
        PRIMARY KEY (picture_id, position)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "readings" VALUES(1,0,'pdq',1,0,0,90,X'8FAD34BBB0C1ED095FBF1B50CB0E48785A030D5AF68DC1A4957CBB583C3C1E5A');
INSERT INTO "readings" VALUES(1,1,'pdq',2,0,0,90,X'020A7C91E30725BB191818987340DEC6040AFF93923840DE685E1E1D7B3D071A');
INSERT INTO "readings" VALUES(1,2,'pdq',3,0,0,90,X'F71998FE363B9C29116C80B5EECF33A2FEDCA3B6159724384485804B71651029');
INSERT INTO "readings" VALUES(1,3,'pdq',4,0,0,90,X'63B51E9A6A3330E3291AA4D3F6B44C69D7FB50791C3427054C934ABE929FD780');
INSERT INTO "readings" VALUES(1,4,'pdq',5,0,0,90,X'D695181821D164770EFA8516DAF9B75B60EC0EBA4E9896928885545D2B72D8FD');
INSERT INTO "readings" VALUES(1,5,'pdq',6,0,0,90,X'68BC23B5950DFA4317F4C8CD5612EC059857FBAAE30824D6A86270174F5E9FCB');
INSERT INTO "readings" VALUES(1,6,'pdq',7,0,0,90,X'2BB2CDEEAD1FD9542789ACEDCEB6DA1530DE1AC64413EBED58A2DBCC5A317663');
INSERT INTO "readings" VALUES(1,7,'pdq',8,0,0,90,X'D5CB7C0A828D5AE6C5FEFA8883F71034E2383AC0378ADA0C560EDB4A9251DB0D');
INSERT INTO "readings" VALUES(2,0,'pdq',1,0,0,90,X'1C9338EB9C4746E1C7C03AA4AF28451B10F2187952635C0988479D940A05BE55');
INSERT INTO "readings" VALUES(2,1,'pdq',2,0,0,90,X'E57ACC10F53C55BD65C8462F1402834EDD30E4F41203988A0CAC5AFF6122A614');
INSERT INTO "readings" VALUES(2,2,'pdq',3,0,0,90,X'04412575067F0BDB6722E31A7EE45744CC1ECF2DFACEC4CFBFA70CFD364BB7E2');
INSERT INTO "readings" VALUES(2,3,'pdq',4,0,0,90,X'7BD7DF1A31049CD71AE13CD2097A04EFAD83AA634963236227CEC39EEF3A2588');
INSERT INTO "readings" VALUES(2,4,'pdq',5,0,0,90,X'DCC1E3CC830C461DC675BD873D1103B0003007B91F66F777130FED278B608E83');
INSERT INTO "readings" VALUES(2,5,'pdq',6,0,0,90,X'46D63F68AEC2021EAB71C90F74987B283AE232F94F141568D654C63E932A463D');
INSERT INTO "readings" VALUES(2,6,'pdq',7,0,0,90,X'0696624AD56E189B13AE72A19E0897172E3C16BE15B8B5910FF146F8DBA09617');
INSERT INTO "readings" VALUES(2,7,'pdq',8,0,0,90,X'7B13AC13A99E4BB1BBBCC536064BD39B77AD474229166ADC9640F825FAD9F55C');
INSERT INTO "readings" VALUES(3,0,'pdq',1,0,0,90,X'D18582A28DBE3E7CB38E361C95B97FB0ECF1AB4CF35582A79612E310B24A2598');
INSERT INTO "readings" VALUES(3,1,'pdq',2,0,0,90,X'4066FE65F640B4ADBECCE98F474C9FB281658D9D744A707D461FFE9EB6CD3A97');
INSERT INTO "readings" VALUES(3,2,'pdq',3,0,0,90,X'73C6486E6A5C1897D40AF5C75219B5E5310DF7CE20F20D63559BE25A28053341');
INSERT INTO "readings" VALUES(3,3,'pdq',4,0,0,90,X'C33A915BED8C8AA8A4A28414BB9424904099B1D0F8A4244F9077B3B13113CF98');
INSERT INTO "readings" VALUES(3,4,'pdq',5,0,0,90,X'3FC6552433851F85BABD1965FABEACDE6EA78C347E7967DA246BEB96E0EEE37D');
INSERT INTO "readings" VALUES(3,5,'pdq',6,0,0,90,X'37CEA345359E1AFDFC365B9A948F34466EE978D2BDECE5E3514DE791708142F2');
INSERT INTO "readings" VALUES(3,6,'pdq',7,0,0,90,X'099850652DE605FFB2701C682DB36F9ADFF6B479DF92E19A43C2BA61C123CFF8');
INSERT INTO "readings" VALUES(3,7,'pdq',8,0,0,90,X'71439E5799C1247FE32399A1A0E5C6A6AA31931AD0520E995E50D052069C267D');
INSERT INTO "readings" VALUES(4,0,'pdq',1,0,0,90,X'F288CBFDB4925EBCAE045769F881A025240BE20AC633CFFF0BEB4BA92727FB7B');
INSERT INTO "readings" VALUES(4,1,'pdq',2,0,0,90,X'194FCCC2A325736E71080E5531D3693DE3B41E8E5426EBD607597051A15B3490');
INSERT INTO "readings" VALUES(4,2,'pdq',3,0,0,90,X'E99E144BFC65E8F855E5D5BF3C5AF53B009CC7EC37C8A3D56EFB184C0AC563C8');
INSERT INTO "readings" VALUES(4,3,'pdq',4,0,0,90,X'3918302E287740389848CFB6A0C92D961C70F55D234F800EC903FDAB2F704CF1');
INSERT INTO "readings" VALUES(4,4,'pdq',5,0,0,90,X'55A6EA8892C3F465ED0FA61E578CB9330F702DECFA76DFEF0D7C80E8AEC971A3');
INSERT INTO "readings" VALUES(4,5,'pdq',6,0,0,90,X'B1766F061523CC0D6619C0D86CF5B6781CFD51553DE9F483940E611CE8B8591A');
INSERT INTO "readings" VALUES(4,6,'pdq',7,0,0,90,X'62DE7CB81C717C67AD52A4C2E34C5B7879CCE026706B1FD4543C0536FA1B3F3C');
INSERT INTO "readings" VALUES(4,7,'pdq',8,0,0,90,X'87FE2571F194C7433F7A66C6BAB392CE696174AAFE4BD276D4516F0C87C5F860');
INSERT INTO "readings" VALUES(5,0,'pdq',1,0,0,90,X'AC6FBF1602078D13B74BB6ADEDC659D3A4097C47650370951DFD146F0CA8F430');
INSERT INTO "readings" VALUES(5,1,'pdq',2,0,0,90,X'23774B2BFD1C1DAF1C0CA673780FC6393C8D5659ADFFC93627634DE656A35C26');
INSERT INTO "readings" VALUES(5,2,'pdq',3,0,0,90,X'CF5B436A3BE666F91C1085E8004B168EC0D69C1FA3587741E3805EDA709C4255');
INSERT INTO "readings" VALUES(5,3,'pdq',4,0,0,90,X'7B1479A3C85CA831D517C06B0360B8453D406E59E6FC4C9473E06B74FF2621DA');
INSERT INTO "readings" VALUES(5,4,'pdq',5,0,0,90,X'05344DA066594A7766F67ABB15329752852B41B66A23F08ADDAB5169E627337A');
INSERT INTO "readings" VALUES(5,5,'pdq',6,0,0,90,X'DCFB473350221BEE203A02C779BCC7E834B730540E3070D452BCC58C2115CACB');
INSERT INTO "readings" VALUES(5,6,'pdq',7,0,0,90,X'718609FC262DBE10231C4B5D412AEFE20BE4FD332F20D8AB31D6D10209822D81');
INSERT INTO "readings" VALUES(5,7,'pdq',8,0,0,90,X'6B5DB5C9D6372C766407025A278AD8532A748A451D57AD6C8B0D812F3E6A87E2');
INSERT INTO "readings" VALUES(6,0,'pdq',1,0,0,90,X'54E6DC11C2B91EE02567C135A6E59359FAD3114183394ACC835D5F5AA440F646');
INSERT INTO "readings" VALUES(6,1,'pdq',2,0,0,90,X'E04737BA7EBF0EF7B7E56591396F2F98034A2D94656BB44606831AC9077E56D9');
INSERT INTO "readings" VALUES(6,2,'pdq',3,0,0,90,X'71739343931734D352B99347FE917344A37293AABD5ED659B01DFE61AB45CA89');
INSERT INTO "readings" VALUES(6,3,'pdq',4,0,0,90,X'A60DD68069EDAA547D7D6E119366D0EFCD3AC8077BE75C7821E1FD4863C708E4');
INSERT INTO "readings" VALUES(6,4,'pdq',5,0,0,90,X'7A388BCF0E78B35377EFA3B6526D315153A31193DAEA47A6934EAA02BAE23B12');
INSERT INTO "readings" VALUES(6,5,'pdq',6,0,0,90,X'10DC22EDFB5B456F3E68E33461BCE7138DB833F9E9924B7772608FCA2FC49962');
INSERT INTO "readings" VALUES(6,6,'pdq',7,0,0,90,X'67EBE1AAF0F2DEF31CD55C361F98E26DAB6A1C931A2BC6025E05C966DF52FF79');
INSERT INTO "readings" VALUES(6,7,'pdq',8,0,0,90,X'7E9EA442F1B6BF5ACD4E10597BEBE1DB57AAB7258DC2B45607334982DC096ECE');
INSERT INTO "readings" VALUES(7,0,'pdq',1,0,0,90,X'D0B1916F91AD97D20384F8DAD57A3B215981BBB976E6D57CA66F42081F23447A');
INSERT INTO "readings" VALUES(7,1,'pdq',2,0,0,90,X'D73BF6A715F1777B01426CA5B60808242B4A02116067D29782CE759281ADE284');
INSERT INTO "readings" VALUES(7,2,'pdq',3,0,0,90,X'A6DFBEEF4ADC3F15C521D8CA0B91F546F2F9AD94DA50C38D28AEADAD499C86DE');
INSERT INTO "readings" VALUES(7,3,'pdq',4,0,0,90,X'3BEB4FA25E659D4746E7B6314F1E6D2848458B33AC3AC1ED5742230F1E857D92');
INSERT INTO "readings" VALUES(7,4,'pdq',5,0,0,90,X'5B137F2E16514F8F02103379B54EC9129AA4183E0C71CE591DC986FEF27CFDD1');
INSERT INTO "readings" VALUES(7,5,'pdq',6,0,0,90,X'4C07008DC709B4F4E6851287BF88217A000451577792F12BFBA2CFE23D019DC6');
INSERT INTO "readings" VALUES(7,6,'pdq',7,0,0,90,X'0D120C10208497BB7B6CCA02C41A0AD779625F78F74E3F394AA14F602D3A4216');
INSERT INTO "readings" VALUES(7,7,'pdq',8,0,0,90,X'4CCA5E7FEF15D0455634CF9B4C2A0CBE677F93104CBC697260EF3623F0E0989B');
INSERT INTO "readings" VALUES(8,0,'pdq',1,0,0,90,X'D79FD5ACC29EBBE818C716CA8C42C62C6603198CDE3202EC906139B8143B4249');
INSERT INTO "readings" VALUES(8,1,'pdq',2,0,0,90,X'DA3156D885C577642359A38B4613C94AC59E2D8965E18EDD3BE5116B55CE2CB7');
INSERT INTO "readings" VALUES(8,2,'pdq',3,0,0,90,X'7CC40373810764801C4C202169560B5D65C68A423076C2D7FDBEB4326211A1E0');
INSERT INTO "readings" VALUES(8,3,'pdq',4,0,0,90,X'A21408ADAEE3EBCE3C99C50AC6712E8BC65E2F0E0B0AA1A7F9F0BD409E4B8875');
INSERT INTO "readings" VALUES(8,4,'pdq',5,0,0,90,X'BD5C23DA311D2C2347EF5B40C48906F41339F98065D637A452F09ABECCFEF937');
INSERT INTO "readings" VALUES(8,5,'pdq',6,0,0,90,X'759632BC491E72BEB9275DB32256BB892CA6BE925EFCF9F4905FB8F6F581C588');
INSERT INTO "readings" VALUES(8,6,'pdq',7,0,0,90,X'311E329C3AE9F8FB719A267D74D67D3ED4632D241C6DD96260893AD6F245AAFE');
INSERT INTO "readings" VALUES(8,7,'pdq',8,0,0,90,X'1CB525AC8377D72418101384821F1FB065E5E564E0CD11F97FD273D89E6D5674');
INSERT INTO "readings" VALUES(9,0,'pdq',1,0,0,90,X'CFF0E5DD236FE2F1BF2CDDAE702DE881976A189839D64D34CD5DA602F18BC3A1');
INSERT INTO "readings" VALUES(9,1,'pdq',2,0,0,90,X'595237AB12873AD078562FE7A07E13B7F826C43367E1F9F536D8AEE1EE26BB1D');
INSERT INTO "readings" VALUES(9,2,'pdq',3,0,0,90,X'A4B5D26AA1FE0009913602317207FFFB510E52956ABFE728DD8C04DD05FED803');
INSERT INTO "readings" VALUES(9,3,'pdq',4,0,0,90,X'E641B690B2E4D0FF13E4E228AD75C091F9508A44FEF8FF921F34011AAA3D436A');
INSERT INTO "readings" VALUES(9,4,'pdq',5,0,0,90,X'850DB9E3DAB09BBE264E1F13B4234CB0E666FBCBD185A8994FE5E6D69CDF5EA5');
INSERT INTO "readings" VALUES(9,5,'pdq',6,0,0,90,X'1FAA371EB5A5ACA4473A3CC92F2E10395EE0788D9571E876A12950D1736AAC34');
INSERT INTO "readings" VALUES(9,6,'pdq',7,0,0,90,X'C0D5F6B18A62DD66F48CA6BC82A2D8D793A17DD87488EC6FF9CE2F6C10DD4248');
INSERT INTO "readings" VALUES(9,7,'pdq',8,0,0,90,X'7CA6CD31B87CAC24510B89C133BF1B19DB17DE4F4B4B5619E7A3488B50909B27');
INSERT INTO "readings" VALUES(10,0,'pdq',1,0,0,90,X'7FED83837A1EBBA2C744A72C21642B74112C3F7DF9284AF55779F23E081D4A96');
INSERT INTO "readings" VALUES(10,1,'pdq',2,0,0,90,X'129FAA8DFD2C4170EC09B3CF08F439CF527FB887803E84004394BB8ABAD33BEA');
INSERT INTO "readings" VALUES(10,2,'pdq',3,0,0,90,X'5F4B59A57C782E3D3210177D06D6AED4034E291E8D4A1AB115DEF2DAB56A3B68');
INSERT INTO "readings" VALUES(10,3,'pdq',4,0,0,90,X'BC74B3D48AD9A6B55B9EE3603A076483685628AD322B13213C5390D76BBBEF51');
INSERT INTO "readings" VALUES(10,4,'pdq',5,0,0,90,X'1D5F093A4B69BEC0CFFC4D8B183718B1402864D7677B698FB223ED653001EA6F');
INSERT INTO "readings" VALUES(10,5,'pdq',6,0,0,90,X'9A29FE641516F98A13F3683D572E22B2B7184273D58F72C6E3F4627764C9F4CC');
INSERT INTO "readings" VALUES(10,6,'pdq',7,0,0,90,X'FCD4E3417F3B20723C859881CA3D96ADDDE18158B508AEEFFA0A8564B4CDC745');
INSERT INTO "readings" VALUES(10,7,'pdq',8,0,0,90,X'8A2FD4CDD5B6CB616E2D00F015236B36765866D9056583CC83E28619552AE63B');
CREATE TABLE run_lists (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        version TEXT NOT NULL,
        entries INTEGER NOT NULL,
        known_good INTEGER NOT NULL CHECK (known_good IN (0, 1)),
        policy TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "run_lists" VALUES(1,1,'vic','["abababababababababababababababababababababababababababababababab"]','2026-11',1000,0,'{"coverage":null,"known_good_entries":null,"thresholds":{"pdq":20}}');
INSERT INTO "run_lists" VALUES(2,2,'vic','["abababababababababababababababababababababababababababababababab"]','2026-11',1000,0,'{"coverage":null,"known_good_entries":null,"thresholds":{"pdq":20}}');
INSERT INTO "run_lists" VALUES(3,3,'vic','["abababababababababababababababababababababababababababababababab"]','2026-11',1000,0,'{"coverage":null,"known_good_entries":null,"thresholds":{"pdq":20}}');
CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        scan_id INTEGER NOT NULL REFERENCES scans,
        started TEXT NOT NULL,
        ended TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL CHECK (status IN ('running', 'done', 'interrupted', 'failed')),
        tool TEXT NOT NULL,
        libraries TEXT NOT NULL,
        command TEXT NOT NULL,
        host TEXT NOT NULL,
        profile TEXT NOT NULL,
        resumed INTEGER REFERENCES runs
    ) STRICT
    ;
INSERT INTO "runs" VALUES(1,1,'2026-11-28T10:58:00.672+00:00','','interrupted','0.1.0','{"pillow":"11.3"}','hashmatch scan /evidence/7','lab-1','{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"source":"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py","thresholds":{"dhash-256":14,"dhash-64":2,"pdq":31,"phash-256":44,"phash-64":6},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0}}',NULL);
INSERT INTO "runs" VALUES(2,1,'2026-11-28T10:58:00.718+00:00','2026-11-28T10:58:00.753+00:00','done','0.1.0','{"pillow":"11.3"}','hashmatch scan /evidence/7','lab-1','{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"source":"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py","thresholds":{"dhash-256":14,"dhash-64":2,"pdq":31,"phash-256":44,"phash-64":6},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0}}',1);
INSERT INTO "runs" VALUES(3,2,'2026-11-28T10:58:00.779+00:00','2026-11-28T10:58:00.810+00:00','failed','0.1.0','{"pillow":"11.3"}','hashmatch scan /evidence/7','lab-1','{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"source":"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py","thresholds":{"dhash-256":14,"dhash-64":2,"pdq":31,"phash-256":44,"phash-64":6},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0}}',NULL);
CREATE TABLE scans (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES sources,
        hashing_id INTEGER NOT NULL REFERENCES hashings,
        kind TEXT NOT NULL,
        path TEXT NOT NULL,
        identity TEXT NOT NULL,
        binding TEXT NOT NULL,
        fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
        done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
    ) STRICT
    ;
INSERT INTO "scans" VALUES(1,1,1,'folder','/evidence/7','{"volume":"1234-ABCD"}','{"hashing":"1","lists":{"vic":{"entries":1000,"files":["abababababababababababababababababababababababababababababababab"],"known good":false,"policy":{"thresholds":{"pdq":20}}}},"options":{"algorithms":["pdq"],"mode":"fast"},"profile":{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"thresholds":{"dhash-256":14,"dhash-64":2,"pdq":31,"phash-256":44,"phash-64":6},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0}},"source":{"identity":{"volume":"1234-ABCD"},"kind":"folder","path":"/evidence/7"}}','23da50f077912ef4c1af1107c140c345fa86606d8b65999fbf3f83ae09a22ca3',1);
INSERT INTO "scans" VALUES(2,1,1,'folder','/evidence/7','{"volume":"1234-ABCD"}','{"hashing":"1","lists":{"vic":{"entries":1000,"files":["abababababababababababababababababababababababababababababababab"],"known good":false,"policy":{"thresholds":{"pdq":20}}}},"options":{"algorithms":["pdq"],"mode":"fast"},"profile":{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"thresholds":{"dhash-256":14,"dhash-64":2,"pdq":31,"phash-256":44,"phash-64":6},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0}},"source":{"identity":{"volume":"1234-ABCD"},"kind":"folder","path":"/evidence/7"}}','23da50f077912ef4c1af1107c140c345fa86606d8b65999fbf3f83ae09a22ca3',0);
CREATE TABLE sightings (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL REFERENCES items,
        run_id INTEGER NOT NULL REFERENCES runs,
        at TEXT NOT NULL,
        list TEXT NOT NULL,
        source TEXT NOT NULL,
        entry TEXT NOT NULL,
        number INTEGER NOT NULL,
        scheme TEXT NOT NULL,
        category TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('exact', 'perceptual')),
        algorithm TEXT NOT NULL,
        distance INTEGER NOT NULL CHECK (distance >= 0),
        threshold INTEGER NOT NULL,
        band TEXT NOT NULL CHECK (band IN ('match', 'probable')),
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        complement INTEGER NOT NULL CHECK (complement IN (0, 1)),
        alpha TEXT NOT NULL CHECK (alpha IN ('composited', 'dropped')),
        frame INTEGER NOT NULL,
        mode TEXT NOT NULL,
        quality INTEGER,
        part TEXT NOT NULL,
        entry_quality INTEGER,
        known_good INTEGER NOT NULL CHECK (known_good IN (0, 1)),
        suppressed INTEGER NOT NULL CHECK (suppressed IN (0, 1)),
        viewed_by_human INTEGER NOT NULL DEFAULT 0 CHECK (viewed_by_human IN (0, 1))
    ) STRICT
    ;
INSERT INTO "sightings" VALUES(1,6,1,'2026-11-28T10:58:00.690+00:00','vic','abababababababababababababababababababababababababababababababab','entry-5',5,'VIC_US','1','perceptual','pdq',5,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(2,6,1,'2026-11-28T10:58:00.690+00:00','vic','abababababababababababababababababababababababababababababababab','entry-5',5,'VIC_US','1','perceptual','pdq',31,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(3,14,2,'2026-11-28T10:58:00.738+00:00','vic','abababababababababababababababababababababababababababababababab','entry-15',15,'VIC_US','1','perceptual','pdq',15,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(4,14,2,'2026-11-28T10:58:00.738+00:00','vic','abababababababababababababababababababababababababababababababab','entry-15',15,'VIC_US','1','perceptual','pdq',31,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
CREATE TABLE sources (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases,
        label TEXT NOT NULL,
        UNIQUE (case_id, label)
    ) STRICT
    ;
INSERT INTO "sources" VALUES(1,1,'exhibit 7');
CREATE TABLE times (
        item_id INTEGER NOT NULL REFERENCES items,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (item_id, kind)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "times" VALUES(1,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(1,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(2,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(2,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(3,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(3,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(4,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(4,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(5,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(5,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(6,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(6,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(7,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(7,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(8,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(8,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(9,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(9,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(10,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(10,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(11,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(11,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(12,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(12,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(13,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(13,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(14,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(14,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(15,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(15,'modified','2024-03-07T09:41:27+00:00');
INSERT INTO "times" VALUES(16,'changed','2024-03-08T00:00:00+00:00');
INSERT INTO "times" VALUES(16,'modified','2024-03-07T09:41:27+00:00');
CREATE INDEX contents_by_size ON contents (case_id, size);
CREATE INDEX pictures_by_content ON pictures (content_id);
CREATE INDEX items_by_scan ON items (scan_id);
CREATE INDEX items_by_content ON items (content_id);
CREATE INDEX items_unreadable ON items (scan_id) WHERE status = 'unreadable';
CREATE INDEX sightings_by_item ON sightings (item_id);
CREATE INDEX sightings_by_entry ON sightings (entry, list);
CREATE INDEX runs_by_scan ON runs (scan_id);
CREATE INDEX run_lists_by_run ON run_lists (run_id);
CREATE INDEX scans_by_source ON scans (source_id);
CREATE VIEW unreadable AS
        SELECT items.id, scans.source_id, items.locator, items.size, items.reason, items.detail
        FROM items JOIN scans ON scans.id = items.scan_id
        WHERE items.status = 'unreadable';
CREATE VIEW circulation AS
        SELECT sightings.list, sightings.entry, cases.name AS case_name, sources.label,
            items.locator, sightings.kind, sightings.distance, sightings.at
        FROM sightings
        JOIN items ON items.id = sightings.item_id
        JOIN scans ON scans.id = items.scan_id
        JOIN sources ON sources.id = scans.source_id
        JOIN cases ON cases.id = sources.case_id
        WHERE NOT (sightings.known_good OR sightings.suppressed);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'what was recorded in audit stays'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'what was recorded in audit stays'); END;
CREATE TRIGGER cases_no_update BEFORE UPDATE ON cases BEGIN SELECT RAISE(ABORT, 'what was recorded in cases stays'); END;
CREATE TRIGGER cases_no_delete BEFORE DELETE ON cases BEGIN SELECT RAISE(ABORT, 'what was recorded in cases stays'); END;
CREATE TRIGGER sources_no_update BEFORE UPDATE ON sources BEGIN SELECT RAISE(ABORT, 'what was recorded in sources stays'); END;
CREATE TRIGGER sources_no_delete BEFORE DELETE ON sources BEGIN SELECT RAISE(ABORT, 'what was recorded in sources stays'); END;
CREATE TRIGGER hashings_no_update BEFORE UPDATE ON hashings BEGIN SELECT RAISE(ABORT, 'what was recorded in hashings stays'); END;
CREATE TRIGGER hashings_no_delete BEFORE DELETE ON hashings BEGIN SELECT RAISE(ABORT, 'what was recorded in hashings stays'); END;
CREATE TRIGGER run_lists_no_update BEFORE UPDATE ON run_lists BEGIN SELECT RAISE(ABORT, 'what was recorded in run_lists stays'); END;
CREATE TRIGGER run_lists_no_delete BEFORE DELETE ON run_lists BEGIN SELECT RAISE(ABORT, 'what was recorded in run_lists stays'); END;
CREATE TRIGGER contents_no_update BEFORE UPDATE ON contents BEGIN SELECT RAISE(ABORT, 'what was recorded in contents stays'); END;
CREATE TRIGGER contents_no_delete BEFORE DELETE ON contents BEGIN SELECT RAISE(ABORT, 'what was recorded in contents stays'); END;
CREATE TRIGGER pictures_no_update BEFORE UPDATE ON pictures BEGIN SELECT RAISE(ABORT, 'what was recorded in pictures stays'); END;
CREATE TRIGGER pictures_no_delete BEFORE DELETE ON pictures BEGIN SELECT RAISE(ABORT, 'what was recorded in pictures stays'); END;
CREATE TRIGGER readings_no_update BEFORE UPDATE ON readings BEGIN SELECT RAISE(ABORT, 'what was recorded in readings stays'); END;
CREATE TRIGGER readings_no_delete BEFORE DELETE ON readings BEGIN SELECT RAISE(ABORT, 'what was recorded in readings stays'); END;
CREATE TRIGGER items_no_update BEFORE UPDATE ON items BEGIN SELECT RAISE(ABORT, 'what was recorded in items stays'); END;
CREATE TRIGGER items_no_delete BEFORE DELETE ON items BEGIN SELECT RAISE(ABORT, 'what was recorded in items stays'); END;
CREATE TRIGGER times_no_update BEFORE UPDATE ON times BEGIN SELECT RAISE(ABORT, 'what was recorded in times stays'); END;
CREATE TRIGGER times_no_delete BEFORE DELETE ON times BEGIN SELECT RAISE(ABORT, 'what was recorded in times stays'); END;
CREATE TRIGGER sightings_no_update BEFORE UPDATE ON sightings BEGIN SELECT RAISE(ABORT, 'what was recorded in sightings stays'); END;
CREATE TRIGGER sightings_no_delete BEFORE DELETE ON sightings BEGIN SELECT RAISE(ABORT, 'what was recorded in sightings stays'); END;
CREATE TRIGGER scans_no_delete BEFORE DELETE ON scans BEGIN SELECT RAISE(ABORT, 'what was recorded in scans stays'); END;
CREATE TRIGGER runs_no_delete BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'what was recorded in runs stays'); END;
CREATE TRIGGER scans_no_update BEFORE UPDATE OF id, source_id, hashing_id, kind, path, identity, binding, fingerprint ON scans BEGIN SELECT RAISE(ABORT, 'what was recorded in scans stays'); END;
CREATE TRIGGER runs_no_update BEFORE UPDATE OF id, scan_id, started, tool, libraries, command, host, profile, resumed ON runs BEGIN SELECT RAISE(ABORT, 'what was recorded in runs stays'); END;
CREATE TRIGGER audit_appends BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    BEGIN SELECT RAISE(ABORT, 'audit rows are only appended'); END;
COMMIT;
PRAGMA application_id = 1213035364;
PRAGMA user_version = 1;
