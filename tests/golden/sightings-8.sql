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
INSERT INTO "audit" VALUES(1,'2026-11-29T08:00:00.000+00:00','examiner (uid 1000)','lab-1','creation','{"from":0,"to":8,"tool":"0.2.0"}','0000000000000000000000000000000000000000000000000000000000000000','ad92f8c84d3a8d1f6f43b772ec585b54fadfd5b9c8069bb16d65e6cbbc573a85');
INSERT INTO "audit" VALUES(2,'2026-11-29T08:00:00.007+00:00','examiner (uid 1000)','lab-1','start','{"case":"1","fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","rows":{"cases":[{"id":1,"name":"1"}],"environments":[{"aspect":"system","facts":"{\"kernel\":\"6.1.0\",\"kernel_version\":\"#1 SMP\",\"machine\":\"x86_64\",\"processor\":\"one of two\",\"python\":\"3.11.9\",\"system\":\"Linux\",\"user\":\"examiner (uid 1000)\"}","id":1,"run_id":1}],"hashings":[{"id":1,"options":"{\"options\":{\"algorithms\":[\"pdq\"],\"mode\":\"fast\"},\"version\":\"1\"}"}],"run_lists":[{"entries":1000,"id":1,"known_good":0,"name":"vic","policy":"{\"coverage\":null,\"known_good_entries\":null,\"thresholds\":{\"pdq\":20}}","run_id":1,"sha256":"[\"abababababababababababababababababababababababababababababababab\"]","version":"2026-11"}],"runs":[{"command":"hashmatch scan /evidence/7","ended":"","host":"lab-1","id":1,"libraries":"{\"pillow\":\"11.3\"}","profile":"{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"source\":\"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py\",\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}}","resumed":null,"scan_id":1,"started":"2026-11-29T08:00:00.007+00:00","status":"running","tool":"0.2.0"}],"scans":[{"binding":"{\"hashing\":\"1\",\"lists\":{\"vic\":{\"entries\":1000,\"files\":[\"abababababababababababababababababababababababababababababababab\"],\"known good\":false,\"policy\":{\"thresholds\":{\"pdq\":20}}}},\"options\":{\"algorithms\":[\"pdq\"],\"mode\":\"fast\"},\"profile\":{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}},\"source\":{\"identity\":{\"volume\":\"1234-ABCD\"},\"kind\":\"folder\",\"locators\":\"below the root\",\"path\":\"/evidence/7\"}}","done":0,"fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","hashing_id":1,"id":1,"identity":"{\"volume\":\"1234-ABCD\"}","kind":"folder","path":"/evidence/7","source_id":1}],"sources":[{"case_id":1,"id":1,"label":"exhibit 7"}]},"run":1,"source":"exhibit 7"}','ad92f8c84d3a8d1f6f43b772ec585b54fadfd5b9c8069bb16d65e6cbbc573a85','6dbeb8386c8ec3945fb092302f459eb59110240092206c8ef359e2b689ad459c');
INSERT INTO "audit" VALUES(3,'2026-11-29T08:00:00.014+00:00','examiner (uid 1000)','lab-1','count','{"rows":{"runs":[{"expected":18,"id":1}]},"run":1}','6dbeb8386c8ec3945fb092302f459eb59110240092206c8ef359e2b689ad459c','58356d420cecebef524b4b601facde616309be5fd311a195fa64c66a6a0735c5');
INSERT INTO "audit" VALUES(4,'2026-11-29T08:00:00.021+00:00','examiner (uid 1000)','lab-1','environment','{"rows":{"environments":[{"aspect":"sandbox","facts":"{\"landlock\":4}","id":2,"run_id":1}]},"run":1}','58356d420cecebef524b4b601facde616309be5fd311a195fa64c66a6a0735c5','d405dcc1ba68d1b6893a9e71f22fb200b75b4afa45ebe2255f65945762294b6b');
INSERT INTO "audit" VALUES(5,'2026-11-29T08:00:00.028+00:00','examiner (uid 1000)','lab-1','medium','{"run":1,"units":{"unread_ranges":{"checks":"3873990e","count":1,"first":1,"sha256":"c9fa2c3a92f64528bacb26076ed7468495f54574b5451507a244cf20ee511f91"},"volumes":{"checks":"0ee7cbdf","count":1,"first":1,"sha256":"f3cee74d7d276780f29749e17310a0b8f36e28737f069406c7e2bfa782e5c954"}}}','d405dcc1ba68d1b6893a9e71f22fb200b75b4afa45ebe2255f65945762294b6b','0c7bfbd8a73276ebc2e8f9115d65d3ac4357d50b158e48f051b8931087ff5001');
INSERT INTO "audit" VALUES(6,'2026-11-29T08:00:00.035+00:00','examiner (uid 1000)','lab-1','batch','{"hashed":7,"run":1,"skipped":1,"units":{"contents":{"checks":"7b3901dbc917e439754ccb3c15cbc7d2ec40120e997a84dd14063e071d01580e","count":8,"first":1,"sha256":"64b7aee9992aa9972ac2b35d108d48f3f48ed84944c31aad069c3c927178f314"},"entries":{"checks":"db15a5608aa1880c","count":2,"first":1,"sha256":"3c71ad2f9e742bcf54873829428b92b104dd6d3acc03c4c67deed966e9c30b14"},"items":{"checks":"01ad502d629c9c19de5dd0bc76f5c9a403cc8fde007321aa00f1fb6759a6c98962802582","count":9,"first":1,"sha256":"be8a6dce9fc52a908e9f8308627c335b3781de7d92851c940b514f4536fc32bb"},"pictures":{"checks":"723d87029d61e4b5f678a696ab2a8bcdce46a18875a1711b","count":6,"first":1,"sha256":"a572844dcd5f0f16a5121586910daf4a9af7c3e451b7ba870a3ac420121f7647"},"sighted":{"checks":"e7a58c82ca8365bd47560c2b","count":3,"first":1,"sha256":"0f6f8c2b4b4a1bc17a1410dd2b8f1b62fffd39f6a97657a15593243738c4a623"},"sightings":{"checks":"11cda186692f1e90e1e66eca319625305aa5b2931793a83e","count":6,"first":1,"sha256":"8280903bb4f4d8cc35218109b73821538482b0b51d35578d83811d6b746da2ef"},"videos":{"checks":"05a5b6ce","count":1,"first":1,"sha256":"e80f2a15b296592a473acee283c80ca6f7563bf4da27496456ad1214d14efe96"}},"unreadable":1}','0c7bfbd8a73276ebc2e8f9115d65d3ac4357d50b158e48f051b8931087ff5001','61acf48d36d0d1dea3ca7568b3d4aba6b4fb94cd6de26e3de36bd5d46ce76a7c');
INSERT INTO "audit" VALUES(7,'2026-11-29T08:00:00.042+00:00','examiner (uid 1000)','lab-1','end','{"items":9,"rows":{"runs":[{"ended":"2026-11-29T08:00:00.042+00:00","id":1,"status":"interrupted"}]},"run":1}','61acf48d36d0d1dea3ca7568b3d4aba6b4fb94cd6de26e3de36bd5d46ce76a7c','5f67227cc3da6cb8615304b7b0821b5faca1ff21388246035bf45cfb9a342137');
INSERT INTO "audit" VALUES(8,'2026-11-29T08:00:00.049+00:00','examiner (uid 1000)','lab-1','refusal','{"case":"1","command":"hashmatch scan /evidence/7","message":"a scan of this source stopped after 9 items: resume it (--resume), or rescan it (--rescan)","rows":{},"source":"exhibit 7"}','5f67227cc3da6cb8615304b7b0821b5faca1ff21388246035bf45cfb9a342137','54b19edf4d5994d7a03edcfa0fa9bac3f5d23343a7bd04a341bd6df7241be295');
INSERT INTO "audit" VALUES(9,'2026-11-29T08:00:00.056+00:00','examiner (uid 1000)','lab-1','resume','{"case":"1","fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","items":9,"resumed":1,"rows":{"environments":[{"aspect":"system","facts":"{\"kernel\":\"6.1.0\",\"kernel_version\":\"#1 SMP\",\"machine\":\"x86_64\",\"processor\":\"one of two\",\"python\":\"3.11.9\",\"system\":\"Linux\",\"user\":\"examiner (uid 1000)\"}","id":3,"run_id":2}],"run_lists":[{"entries":1000,"id":2,"known_good":0,"name":"vic","policy":"{\"coverage\":null,\"known_good_entries\":null,\"thresholds\":{\"pdq\":20}}","run_id":2,"sha256":"[\"abababababababababababababababababababababababababababababababab\"]","version":"2026-11"}],"runs":[{"command":"hashmatch scan /evidence/7","ended":"","host":"lab-1","id":2,"libraries":"{\"pillow\":\"11.3\"}","profile":"{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"source\":\"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py\",\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}}","resumed":1,"scan_id":1,"started":"2026-11-29T08:00:00.056+00:00","status":"running","tool":"0.2.0"}]},"run":2,"source":"exhibit 7"}','54b19edf4d5994d7a03edcfa0fa9bac3f5d23343a7bd04a341bd6df7241be295','9e637d4a6e2e4713e6517e2b03b3658e9ad81eebf7ef188938d19418f6df345e');
INSERT INTO "audit" VALUES(10,'2026-11-29T08:00:00.063+00:00','examiner (uid 1000)','lab-1','batch','{"hashed":6,"run":2,"skipped":1,"units":{"contents":{"checks":"9e960e5097813c1c132af2c27a563c065026a8ceca688505","count":6,"first":9,"sha256":"8e03546f361bdc8c4525a98ea888880f13e00e445e89f1e346e829df258a6b52"},"entries":{"checks":"e614ee7311bb99c2","count":2,"first":3,"sha256":"0fc0e7ef86d41e1da252502a48b91f3c7d2f2aaa6aee282d9ade889845f55121"},"items":{"checks":"52e4ec1ca71b68be1d6469d1f6f6eae6ddf777f1f789bf412c695ecb75d321a43684e500","count":9,"first":10,"sha256":"95787a3f38468416aeb3efc6cb50e0d5cb790072ea2b97d7aa71fb417eea6c86"},"original_names":{"checks":"1ce57582","count":1,"first":1,"sha256":"68160382b884f02ba20e22c69fa4c5c86b41a7416ae7ad2fab91ea32a32ed7b7"},"pictures":{"checks":"a049396bf28c94d85f5948903d770992b456eb05","count":5,"first":7,"sha256":"949707ad04bab612b580583ae73e536611a0b040bcde1f957dcfd9eb29dc221f"},"places":{"checks":"c49df442","count":1,"first":1,"sha256":"940213690cff5c7d67f12cbbfff5cdc7489b409b4d83c49cc7570dd1ed156ab9"},"sighted":{"checks":"62f222b3a442c3c1b10ede33","count":3,"first":4,"sha256":"1be5fd24abe9ff29c4729a177e5537602b9009745d782159b88819f0a3a85359"},"sightings":{"checks":"fff27a7257728b2c304cd787","count":3,"first":7,"sha256":"124df02a637f98e0e6305b9985fd9778f387cbb1f44216758b402b78d8916f53"}},"unreadable":2}','9e637d4a6e2e4713e6517e2b03b3658e9ad81eebf7ef188938d19418f6df345e','e4a20f5ce4996c592c9958658ffe0b18447a82b6ad8edae70c77f5d2e151145d');
INSERT INTO "audit" VALUES(11,'2026-11-29T08:00:00.070+00:00','examiner (uid 1000)','lab-1','end','{"items":18,"rows":{"runs":[{"ended":"2026-11-29T08:00:00.070+00:00","id":2,"status":"done"}],"scans":[{"done":1,"id":1}]},"run":2}','e4a20f5ce4996c592c9958658ffe0b18447a82b6ad8edae70c77f5d2e151145d','844844bcca16997bd518d51ae48041c95144059dbe0d1648ca4691bee38bc445');
INSERT INTO "audit" VALUES(12,'2026-11-29T08:00:00.077+00:00','examiner (uid 1000)','lab-1','start','{"case":"1","fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","rows":{"environments":[{"aspect":"system","facts":"{\"kernel\":\"6.1.0\",\"kernel_version\":\"#1 SMP\",\"machine\":\"x86_64\",\"processor\":\"one of two\",\"python\":\"3.11.9\",\"system\":\"Linux\",\"user\":\"examiner (uid 1000)\"}","id":4,"run_id":3}],"run_lists":[{"entries":1000,"id":3,"known_good":0,"name":"vic","policy":"{\"coverage\":null,\"known_good_entries\":null,\"thresholds\":{\"pdq\":20}}","run_id":3,"sha256":"[\"abababababababababababababababababababababababababababababababab\"]","version":"2026-11"}],"runs":[{"command":"hashmatch scan /evidence/7","ended":"","host":"lab-1","id":3,"libraries":"{\"pillow\":\"11.3\"}","profile":"{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"source\":\"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py\",\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}}","resumed":null,"scan_id":2,"started":"2026-11-29T08:00:00.077+00:00","status":"running","tool":"0.2.0"}],"scans":[{"binding":"{\"hashing\":\"1\",\"lists\":{\"vic\":{\"entries\":1000,\"files\":[\"abababababababababababababababababababababababababababababababab\"],\"known good\":false,\"policy\":{\"thresholds\":{\"pdq\":20}}}},\"options\":{\"algorithms\":[\"pdq\"],\"mode\":\"fast\"},\"profile\":{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}},\"source\":{\"identity\":{\"volume\":\"1234-ABCD\"},\"kind\":\"folder\",\"locators\":\"below the root\",\"path\":\"/evidence/7\"}}","done":0,"fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","hashing_id":1,"id":2,"identity":"{\"volume\":\"1234-ABCD\"}","kind":"folder","path":"/evidence/7","source_id":1}]},"run":3,"source":"exhibit 7"}','844844bcca16997bd518d51ae48041c95144059dbe0d1648ca4691bee38bc445','119dab8e115205f7e0dd0a7f1738142bb7a602975bcef5edf4899907a195dad1');
INSERT INTO "audit" VALUES(13,'2026-11-29T08:00:00.084+00:00','examiner (uid 1000)','lab-1','batch','{"hashed":1,"run":3,"skipped":1,"units":{"items":{"checks":"57a7a14c44235bcb","count":2,"first":19,"sha256":"03a9c62f97c8004ac6e31fac220ef2b978f85e5a9b893c3d1b11421188022882"},"sightings":{"checks":"da7e330a","count":1,"first":10,"sha256":"c636567369f8ecb4199c175d78a2ab28566dc328181fa57b64a28eb31f30d38c"}},"unreadable":0}','119dab8e115205f7e0dd0a7f1738142bb7a602975bcef5edf4899907a195dad1','d207100f8b57b3ef4f81ab4aaea5597dfa4e48102b20a8750182f3c9bb374593');
INSERT INTO "audit" VALUES(14,'2026-11-29T08:00:00.091+00:00','examiner (uid 1000)','lab-1','end','{"items":2,"rows":{"runs":[{"ended":"2026-11-29T08:00:00.091+00:00","id":3,"status":"interrupted"}]},"run":3}','d207100f8b57b3ef4f81ab4aaea5597dfa4e48102b20a8750182f3c9bb374593','d7f7d9b5ba67d782229701cda72c9cb051da7e1ac184f0a19819d112fb3700d4');
INSERT INTO "audit" VALUES(15,'2026-11-29T08:00:00.098+00:00','examiner (uid 1000)','lab-1','viewed','{"rows":{"viewings":[{"at":"2026-11-29T08:00:00.098+00:00","id":1,"reason":"identification","sighting_id":1,"viewer":"A. Meier"},{"at":"2026-11-29T08:00:00.098+00:00","id":2,"reason":"identification","sighting_id":3,"viewer":"A. Meier"}]}}','d7f7d9b5ba67d782229701cda72c9cb051da7e1ac184f0a19819d112fb3700d4','2d18e1791916f1f97db717324bba38a2d2ac7010549bd5458fc0698217cec860');
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
INSERT INTO "contents" VALUES(8,1,X'C4513C1F3FE84CAB6041E8C81908D17D8303CFB4C5BD3B47B604B58596F350F7',X'C4513C1F3FE84CAB6041E8C81908D17D8303CFB4',X'C4513C1F3FE84CAB6041E8C81908D17D',1000008);
INSERT INTO "contents" VALUES(9,1,X'74A49C698DBD3C12E36B0B287447D833F74F3937FF132EBFF7054BAA18623C35',X'74A49C698DBD3C12E36B0B287447D833F74F3937',X'74A49C698DBD3C12E36B0B287447D833',5011);
INSERT INTO "contents" VALUES(10,1,X'5AADB45520DCD8726B2822A7A78BB53D794F557199D5D4ABDEDD2C55A4BD6CA7',X'5AADB45520DCD8726B2822A7A78BB53D794F5571',X'5AADB45520DCD8726B2822A7A78BB53D',5012);
INSERT INTO "contents" VALUES(11,1,X'413F2BA78C7ED4CCEFBE0CC4F51D3EB5CB15F13FEC999DE4884BE92507674666',X'413F2BA78C7ED4CCEFBE0CC4F51D3EB5CB15F13F',X'413F2BA78C7ED4CCEFBE0CC4F51D3EB5',5013);
INSERT INTO "contents" VALUES(12,1,X'5F3A799BA20C20A225F75D4FE2ACAB79912DFCD2F2B333BF062B37ACBB646338',X'5F3A799BA20C20A225F75D4FE2ACAB79912DFCD2',X'5F3A799BA20C20A225F75D4FE2ACAB79',5014);
INSERT INTO "contents" VALUES(13,1,X'9A6398CFFC55ADE35B39F1E41CF46C7C491744961853FF9571D09ABB55A78976',X'9A6398CFFC55ADE35B39F1E41CF46C7C49174496',X'9A6398CFFC55ADE35B39F1E41CF46C7C',5015);
INSERT INTO "contents" VALUES(14,1,X'7C73947FA1821233428DD9684E52CE908130A91B903D5179F731C9DED61F06CE',X'7C73947FA1821233428DD9684E52CE908130A91B',X'7C73947FA1821233428DD9684E52CE90',5016);
CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        list TEXT NOT NULL,
        source TEXT NOT NULL,
        entry TEXT NOT NULL,
        number INTEGER NOT NULL,
        sha256 BLOB CHECK (length(sha256) = 32),
        sha1 BLOB CHECK (length(sha1) = 20),
        md5 BLOB CHECK (length(md5) = 16),
        details TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "entries" VALUES(1,'vic','abababababababababababababababababababababababababababababababab','entry-5',5,X'B9A0287291BFBD8348FA9AAE75BD8E568A063D82906C15B056ADEED0543E679A',X'B9A0287291BFBD8348FA9AAE75BD8E568A063D82',X'B9A0287291BFBD8348FA9AAE75BD8E56','{"odd":null,"series":"s2","tags":["a",5]}');
INSERT INTO "entries" VALUES(2,'vic','abababababababababababababababababababababababababababababababab','entry-1',1,X'AEA03211BF12B38BFE851FD9B02EB2B1FBFB42F4CD34DD31EAC162EFF891FCD6',X'AEA03211BF12B38BFE851FD9B02EB2B1FBFB42F4',X'AEA03211BF12B38BFE851FD9B02EB2B1','{"odd":null,"series":"s1","tags":["a",7]}');
INSERT INTO "entries" VALUES(3,'vic','abababababababababababababababababababababababababababababababab','entry-15',15,X'14E77FE75CC66075827087BEE823B47421502926971781C8247E7D1B2A1E27BD',X'14E77FE75CC66075827087BEE823B47421502926',X'14E77FE75CC66075827087BEE823B474','{"odd":null,"series":"s0","tags":["a",15]}');
INSERT INTO "entries" VALUES(4,'vic','abababababababababababababababababababababababababababababababab','entry-1',1,X'AEA03211BF12B38BFE851FD9B02EB2B1FBFB42F4CD34DD31EAC162EFF891FCD6',X'AEA03211BF12B38BFE851FD9B02EB2B1FBFB42F4',X'AEA03211BF12B38BFE851FD9B02EB2B1','{"odd":null,"series":"s2","tags":["a",17]}');
CREATE TABLE environments (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs,
        aspect TEXT NOT NULL CHECK (aspect <> ''),
        facts TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "environments" VALUES(1,1,'system','{"kernel":"6.1.0","kernel_version":"#1 SMP","machine":"x86_64","processor":"one of two","python":"3.11.9","system":"Linux","user":"examiner (uid 1000)"}');
INSERT INTO "environments" VALUES(2,1,'sandbox','{"landlock":4}');
INSERT INTO "environments" VALUES(3,2,'system','{"kernel":"6.1.0","kernel_version":"#1 SMP","machine":"x86_64","processor":"one of two","python":"3.11.9","system":"Linux","user":"examiner (uid 1000)"}');
INSERT INTO "environments" VALUES(4,3,'system','{"kernel":"6.1.0","kernel_version":"#1 SMP","machine":"x86_64","processor":"one of two","python":"3.11.9","system":"Linux","user":"examiner (uid 1000)"}');
CREATE TABLE frames (
        video_id INTEGER NOT NULL REFERENCES videos,
        position INTEGER NOT NULL,
        time REAL CHECK (time >= 0),
        part TEXT NOT NULL,
        algorithm TEXT NOT NULL,
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        alpha_dropped INTEGER NOT NULL CHECK (alpha_dropped IN (0, 1)),
        frame INTEGER NOT NULL,
        quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 100),
        hash BLOB NOT NULL,
        PRIMARY KEY (video_id, position)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "frames" VALUES(1,0,0.0,'','pdq',1,0,0,0,X'5F50DECFE7A7B80AACE49E2C3998E749B44F4BB8B8A565C38CC034947AFABDED');
INSERT INTO "frames" VALUES(1,1,1.001,'','pdq',1,0,30,1,X'E5D500D089C86FA0AC56329909DEF691F4A53DC2714F86DAEADC28EFB2345BED');
INSERT INTO "frames" VALUES(1,2,2.002,'content','pdq',1,0,60,2,X'803AFB77488AC7743D842E46D3174D55920227FDBB67516FDEB0B81E8CE39858');
INSERT INTO "frames" VALUES(1,3,3.003,'','pdq',1,0,90,3,X'B8639833C36ADD3EBCEF6ECCA0D31A9C8ECA48B9E6244DBB526BA28C51EEC546');
INSERT INTO "frames" VALUES(1,4,4.004,'','pdq',1,0,120,4,X'1BFC2634BA2CC2E9407E436CDC2B5E21AD09694E6E12EA3C8129775BD487F2AE');
INSERT INTO "frames" VALUES(1,5,5.005,'','pdq',1,0,150,5,X'FA257C83360F0C4DDD27DE839BC75E7E10AF2EF9C27B6BC58291E7C52474BCF1');
INSERT INTO "frames" VALUES(1,6,6.006,'','pdq',1,0,180,6,X'657792E0F05548B8B3158B67B8E310D57071E8CA0D4FFF9AA26D11B2072A54D3');
INSERT INTO "frames" VALUES(1,7,7.007,'content','pdq',1,0,210,7,X'233D965BB01C7E98D5767B17E3C74E2874EA18FF4580ECC86F19CDFB5A20A55D');
INSERT INTO "frames" VALUES(1,8,8.008,'','pdq',1,0,240,8,X'0D19935697A0920640BBCD634A48C74C4ECF4120D63B1BC005973D80EF31DDCC');
INSERT INTO "frames" VALUES(1,9,9.009,'','pdq',1,0,270,9,X'4CB10054848796FB338A51FE45682F56485FEA403D0832FC5C0B993F2234B90A');
INSERT INTO "frames" VALUES(1,10,10.01,'','pdq',1,0,300,10,X'70F1E8469E0633233DDB610AA2A8B2F3E8E91EFF5B6FE27E63FF93329E6BF626');
INSERT INTO "frames" VALUES(1,11,11.011,'','pdq',1,0,330,11,X'E56E8EBB1EF357052BDD8F4C24316BB6AB8C4D0DC14460B13A537DCDC9D166FD');
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
INSERT INTO "items" VALUES(3,1,1,'/evidence/7/DCIM/IMG_00002.JPG',5002,3,2,'hashed','','',0,1);
INSERT INTO "items" VALUES(4,1,1,'/evidence/7/DCIM/IMG_00003.JPG',5003,4,NULL,'unreadable','damaged','no picture in it: 3',0,0);
INSERT INTO "items" VALUES(5,1,1,'/evidence/7/DCIM/IMG_00004.JPG',5004,5,3,'hashed','','',0,0);
INSERT INTO "items" VALUES(6,1,1,'/evidence/7/DCIM/IMG_00005.JPG',5005,6,4,'hashed','truncated','',0,2);
INSERT INTO "items" VALUES(7,1,1,'/evidence/7/DCIM/IMG_00006.JPG',5006,7,5,'hashed','','',0,0);
INSERT INTO "items" VALUES(8,1,1,'/evidence/7/DCIM/IMG_00007.JPG',5001,2,1,'hashed','','',1,0);
INSERT INTO "items" VALUES(9,1,1,'/evidence/7/CLIP_8.MP4',1000008,8,6,'hashed','','',0,1);
INSERT INTO "items" VALUES(10,1,2,'b.zip!zip:0:a/b.jpg',NULL,NULL,NULL,'unreadable','io-error','Input/output error',0,0);
INSERT INTO "items" VALUES(11,1,2,'/evidence/7/DCIM/IMG_00010.JPG',0,1,NULL,'skipped','empty','',0,0);
INSERT INTO "items" VALUES(12,1,2,'/evidence/7/DCIM/IMG_00011.JPG',5011,9,7,'hashed','','',0,0);
INSERT INTO "items" VALUES(13,1,2,'/evidence/7/DCIM/IMG_00012.JPG',5012,10,8,'hashed','','',0,0);
INSERT INTO "items" VALUES(14,1,2,'/evidence/7/DCIM/IMG_00013.JPG',5013,11,NULL,'unreadable','damaged','no picture in it: 13',0,0);
INSERT INTO "items" VALUES(15,1,2,'/evidence/7/DCIM/IMG_00014.JPG',5014,12,9,'hashed','','',0,0);
INSERT INTO "items" VALUES(16,1,2,'/evidence/7/DCIM/IMG_00015.JPG',5015,13,10,'hashed','truncated','',0,2);
INSERT INTO "items" VALUES(17,1,2,'/evidence/7/DCIM/IMG_00016.JPG',5016,14,11,'hashed','','',0,0);
INSERT INTO "items" VALUES(18,1,2,'/evidence/7/DCIM/IMG_00017.JPG',5001,2,1,'hashed','','',1,0);
INSERT INTO "items" VALUES(19,2,3,'/evidence/7/DCIM/IMG_00000.JPG',0,1,NULL,'skipped','empty','',0,0);
INSERT INTO "items" VALUES(20,2,3,'/evidence/7/DCIM/IMG_00001.JPG',5001,2,1,'hashed','','',0,0);
CREATE TABLE original_names (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL UNIQUE REFERENCES items,
        name TEXT NOT NULL CHECK (name <> '')
    ) STRICT
    ;
INSERT INTO "original_names" VALUES(1,10,'DCIM/1.jpg');
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
INSERT INTO "pictures" VALUES(6,8,1,'fast',1920,1080,'mp4','libav',360,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(7,9,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(8,10,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(9,12,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(10,13,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',0.5,'truncated');
INSERT INTO "pictures" VALUES(11,14,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
CREATE TABLE places (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL UNIQUE REFERENCES items,
        scan_id INTEGER NOT NULL REFERENCES scans,
        parent TEXT NOT NULL,
        steps TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN (
            'allocated', 'deleted', 'orphaned', 'unallocated', 'slack', 'carved'
        )),
        confidence TEXT NOT NULL CHECK (confidence IN (
            'certain', 'contiguous-assumed', 'overwritten', 'reconstructed', 'by-content'
        )),
        runs TEXT NOT NULL,
        weight INTEGER NOT NULL CHECK (weight >= 0),
        inside INTEGER NOT NULL CHECK (inside IN (0, 1))
    ) STRICT
    ;
INSERT INTO "places" VALUES(1,10,1,'b.zip','[{"path":"b.zip","step":"file"},{"container":"zip","name":"a/b.jpg","number":0,"step":"member"}]','allocated','certain','[]',0,1);
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
INSERT INTO "readings" VALUES(7,0,'pdq',1,0,0,90,X'54E6DC11C2B91EE02567C135A6E59359FAD3114183394ACC835D5F5AA440F646');
INSERT INTO "readings" VALUES(7,1,'pdq',2,0,0,90,X'E04737BA7EBF0EF7B7E56591396F2F98034A2D94656BB44606831AC9077E56D9');
INSERT INTO "readings" VALUES(7,2,'pdq',3,0,0,90,X'71739343931734D352B99347FE917344A37293AABD5ED659B01DFE61AB45CA89');
INSERT INTO "readings" VALUES(7,3,'pdq',4,0,0,90,X'A60DD68069EDAA547D7D6E119366D0EFCD3AC8077BE75C7821E1FD4863C708E4');
INSERT INTO "readings" VALUES(7,4,'pdq',5,0,0,90,X'7A388BCF0E78B35377EFA3B6526D315153A31193DAEA47A6934EAA02BAE23B12');
INSERT INTO "readings" VALUES(7,5,'pdq',6,0,0,90,X'10DC22EDFB5B456F3E68E33461BCE7138DB833F9E9924B7772608FCA2FC49962');
INSERT INTO "readings" VALUES(7,6,'pdq',7,0,0,90,X'67EBE1AAF0F2DEF31CD55C361F98E26DAB6A1C931A2BC6025E05C966DF52FF79');
INSERT INTO "readings" VALUES(7,7,'pdq',8,0,0,90,X'7E9EA442F1B6BF5ACD4E10597BEBE1DB57AAB7258DC2B45607334982DC096ECE');
INSERT INTO "readings" VALUES(8,0,'pdq',1,0,0,90,X'D0B1916F91AD97D20384F8DAD57A3B215981BBB976E6D57CA66F42081F23447A');
INSERT INTO "readings" VALUES(8,1,'pdq',2,0,0,90,X'D73BF6A715F1777B01426CA5B60808242B4A02116067D29782CE759281ADE284');
INSERT INTO "readings" VALUES(8,2,'pdq',3,0,0,90,X'A6DFBEEF4ADC3F15C521D8CA0B91F546F2F9AD94DA50C38D28AEADAD499C86DE');
INSERT INTO "readings" VALUES(8,3,'pdq',4,0,0,90,X'3BEB4FA25E659D4746E7B6314F1E6D2848458B33AC3AC1ED5742230F1E857D92');
INSERT INTO "readings" VALUES(8,4,'pdq',5,0,0,90,X'5B137F2E16514F8F02103379B54EC9129AA4183E0C71CE591DC986FEF27CFDD1');
INSERT INTO "readings" VALUES(8,5,'pdq',6,0,0,90,X'4C07008DC709B4F4E6851287BF88217A000451577792F12BFBA2CFE23D019DC6');
INSERT INTO "readings" VALUES(8,6,'pdq',7,0,0,90,X'0D120C10208497BB7B6CCA02C41A0AD779625F78F74E3F394AA14F602D3A4216');
INSERT INTO "readings" VALUES(8,7,'pdq',8,0,0,90,X'4CCA5E7FEF15D0455634CF9B4C2A0CBE677F93104CBC697260EF3623F0E0989B');
INSERT INTO "readings" VALUES(9,0,'pdq',1,0,0,90,X'D79FD5ACC29EBBE818C716CA8C42C62C6603198CDE3202EC906139B8143B4249');
INSERT INTO "readings" VALUES(9,1,'pdq',2,0,0,90,X'DA3156D885C577642359A38B4613C94AC59E2D8965E18EDD3BE5116B55CE2CB7');
INSERT INTO "readings" VALUES(9,2,'pdq',3,0,0,90,X'7CC40373810764801C4C202169560B5D65C68A423076C2D7FDBEB4326211A1E0');
INSERT INTO "readings" VALUES(9,3,'pdq',4,0,0,90,X'A21408ADAEE3EBCE3C99C50AC6712E8BC65E2F0E0B0AA1A7F9F0BD409E4B8875');
INSERT INTO "readings" VALUES(9,4,'pdq',5,0,0,90,X'BD5C23DA311D2C2347EF5B40C48906F41339F98065D637A452F09ABECCFEF937');
INSERT INTO "readings" VALUES(9,5,'pdq',6,0,0,90,X'759632BC491E72BEB9275DB32256BB892CA6BE925EFCF9F4905FB8F6F581C588');
INSERT INTO "readings" VALUES(9,6,'pdq',7,0,0,90,X'311E329C3AE9F8FB719A267D74D67D3ED4632D241C6DD96260893AD6F245AAFE');
INSERT INTO "readings" VALUES(9,7,'pdq',8,0,0,90,X'1CB525AC8377D72418101384821F1FB065E5E564E0CD11F97FD273D89E6D5674');
INSERT INTO "readings" VALUES(10,0,'pdq',1,0,0,90,X'CFF0E5DD236FE2F1BF2CDDAE702DE881976A189839D64D34CD5DA602F18BC3A1');
INSERT INTO "readings" VALUES(10,1,'pdq',2,0,0,90,X'595237AB12873AD078562FE7A07E13B7F826C43367E1F9F536D8AEE1EE26BB1D');
INSERT INTO "readings" VALUES(10,2,'pdq',3,0,0,90,X'A4B5D26AA1FE0009913602317207FFFB510E52956ABFE728DD8C04DD05FED803');
INSERT INTO "readings" VALUES(10,3,'pdq',4,0,0,90,X'E641B690B2E4D0FF13E4E228AD75C091F9508A44FEF8FF921F34011AAA3D436A');
INSERT INTO "readings" VALUES(10,4,'pdq',5,0,0,90,X'850DB9E3DAB09BBE264E1F13B4234CB0E666FBCBD185A8994FE5E6D69CDF5EA5');
INSERT INTO "readings" VALUES(10,5,'pdq',6,0,0,90,X'1FAA371EB5A5ACA4473A3CC92F2E10395EE0788D9571E876A12950D1736AAC34');
INSERT INTO "readings" VALUES(10,6,'pdq',7,0,0,90,X'C0D5F6B18A62DD66F48CA6BC82A2D8D793A17DD87488EC6FF9CE2F6C10DD4248');
INSERT INTO "readings" VALUES(10,7,'pdq',8,0,0,90,X'7CA6CD31B87CAC24510B89C133BF1B19DB17DE4F4B4B5619E7A3488B50909B27');
INSERT INTO "readings" VALUES(11,0,'pdq',1,0,0,90,X'7FED83837A1EBBA2C744A72C21642B74112C3F7DF9284AF55779F23E081D4A96');
INSERT INTO "readings" VALUES(11,1,'pdq',2,0,0,90,X'129FAA8DFD2C4170EC09B3CF08F439CF527FB887803E84004394BB8ABAD33BEA');
INSERT INTO "readings" VALUES(11,2,'pdq',3,0,0,90,X'5F4B59A57C782E3D3210177D06D6AED4034E291E8D4A1AB115DEF2DAB56A3B68');
INSERT INTO "readings" VALUES(11,3,'pdq',4,0,0,90,X'BC74B3D48AD9A6B55B9EE3603A076483685628AD322B13213C5390D76BBBEF51');
INSERT INTO "readings" VALUES(11,4,'pdq',5,0,0,90,X'1D5F093A4B69BEC0CFFC4D8B183718B1402864D7677B698FB223ED653001EA6F');
INSERT INTO "readings" VALUES(11,5,'pdq',6,0,0,90,X'9A29FE641516F98A13F3683D572E22B2B7184273D58F72C6E3F4627764C9F4CC');
INSERT INTO "readings" VALUES(11,6,'pdq',7,0,0,90,X'FCD4E3417F3B20723C859881CA3D96ADDDE18158B508AEEFFA0A8564B4CDC745');
INSERT INTO "readings" VALUES(11,7,'pdq',8,0,0,90,X'8A2FD4CDD5B6CB616E2D00F015236B36765866D9056583CC83E28619552AE63B');
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
    , expected INTEGER CHECK (expected >= 0)) STRICT
    ;
INSERT INTO "runs" VALUES(1,1,'2026-11-29T08:00:00.007+00:00','2026-11-29T08:00:00.042+00:00','interrupted','0.2.0','{"pillow":"11.3"}','hashmatch scan /evidence/7','lab-1','{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"source":"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py","thresholds":{"dhash-256":46,"dhash-64":5,"pdq":31,"phash-256":80,"phash-64":8},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0,"threshold":31}}',NULL,18);
INSERT INTO "runs" VALUES(2,1,'2026-11-29T08:00:00.056+00:00','2026-11-29T08:00:00.070+00:00','done','0.2.0','{"pillow":"11.3"}','hashmatch scan /evidence/7','lab-1','{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"source":"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py","thresholds":{"dhash-256":46,"dhash-64":5,"pdq":31,"phash-256":80,"phash-64":8},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0,"threshold":31}}',1,NULL);
INSERT INTO "runs" VALUES(3,2,'2026-11-29T08:00:00.077+00:00','2026-11-29T08:00:00.091+00:00','interrupted','0.2.0','{"pillow":"11.3"}','hashmatch scan /evidence/7','lab-1','{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"source":"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py","thresholds":{"dhash-256":46,"dhash-64":5,"pdq":31,"phash-256":80,"phash-64":8},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0,"threshold":31}}',NULL,NULL);
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
INSERT INTO "scans" VALUES(1,1,1,'folder','/evidence/7','{"volume":"1234-ABCD"}','{"hashing":"1","lists":{"vic":{"entries":1000,"files":["abababababababababababababababababababababababababababababababab"],"known good":false,"policy":{"thresholds":{"pdq":20}}}},"options":{"algorithms":["pdq"],"mode":"fast"},"profile":{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"thresholds":{"dhash-256":46,"dhash-64":5,"pdq":31,"phash-256":80,"phash-64":8},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0,"threshold":31}},"source":{"identity":{"volume":"1234-ABCD"},"kind":"folder","locators":"below the root","path":"/evidence/7"}}','d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7',1);
INSERT INTO "scans" VALUES(2,1,1,'folder','/evidence/7','{"volume":"1234-ABCD"}','{"hashing":"1","lists":{"vic":{"entries":1000,"files":["abababababababababababababababababababababababababababababababab"],"known good":false,"policy":{"thresholds":{"pdq":20}}}},"options":{"algorithms":["pdq"],"mode":"fast"},"profile":{"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"thresholds":{"dhash-256":46,"dhash-64":5,"pdq":31,"phash-256":80,"phash-64":8},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0,"threshold":31}},"source":{"identity":{"volume":"1234-ABCD"},"kind":"folder","locators":"below the root","path":"/evidence/7"}}','d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7',0);
CREATE TABLE segments (
        sighting_id INTEGER NOT NULL REFERENCES sightings,
        position INTEGER NOT NULL,
        item_start REAL NOT NULL,
        item_end REAL NOT NULL,
        known_start REAL NOT NULL,
        known_end REAL NOT NULL,
        grade TEXT NOT NULL CHECK (grade IN ('strong', 'probable', 'still')),
        frames INTEGER NOT NULL,
        pictures INTEGER NOT NULL,
        distance REAL NOT NULL,
        speed REAL,
        coverage REAL NOT NULL,
        known_coverage REAL NOT NULL,
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        part TEXT NOT NULL,
        PRIMARY KEY (sighting_id, position)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "segments" VALUES(6,0,1.5,31.25,2.0,31.75,'strong',30,25,11.3,1.02,0.2,0.9,2,'content');
INSERT INTO "segments" VALUES(6,1,0.0,0.0,4.0,33.75,'still',30,25,11.3,NULL,0.2,0.9,2,'content');
CREATE TABLE sighted (
        id INTEGER PRIMARY KEY,
        sighting_id INTEGER NOT NULL UNIQUE REFERENCES sightings,
        entry_id INTEGER NOT NULL REFERENCES entries,
        hash TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "sighted" VALUES(1,3,1,'pdq:b7c2e52d90733be990c46f507e7ea3151bba2e1fd656be8695502ce2c5de4cd3');
INSERT INTO "sighted" VALUES(2,4,1,'pdq:b7c2e52d90733be990c46f507e7ea3151bba2e1fd656be8695502ce2c5de4cd3');
INSERT INTO "sighted" VALUES(3,5,2,'pdq:5e2d5d1e58e94d7607e0745cd3e612c4a358fc93f37fc5ab1fed8d04bbf7ce77');
INSERT INTO "sighted" VALUES(4,7,3,'pdq:2f5c6ce33a699daebc70e1013c1b4df8ef202e4337efad7a2a812ff67fede729');
INSERT INTO "sighted" VALUES(5,8,3,'pdq:2f5c6ce33a699daebc70e1013c1b4df8ef202e4337efad7a2a812ff67fede729');
INSERT INTO "sighted" VALUES(6,9,4,'pdq:5e2d5d1e58e94d7607e0745cd3e612c4a358fc93f37fc5ab1fed8d04bbf7ce77');
CREATE TABLE "sightings" (
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
        kind TEXT NOT NULL CHECK (kind IN ('exact', 'perceptual', 'video', 'collision')),
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
INSERT INTO "sightings" VALUES(1,2,1,'2026-11-29T08:00:00.035+00:00','vic','abababababababababababababababababababababababababababababababab','entry-7',7,'VIC_US','1','collision','md5',0,0,'match',1,0,'composited',0,'',NULL,'',NULL,0,1,0);
INSERT INTO "sightings" VALUES(2,3,1,'2026-11-29T08:00:00.035+00:00','vic','abababababababababababababababababababababababababababababababab','entry-6',6,'VIC_US','1','perceptual','pdq',40,31,'probable',2,1,'dropped',2,'fast',90,'content',88,0,0,0);
INSERT INTO "sightings" VALUES(3,6,1,'2026-11-29T08:00:00.035+00:00','vic','abababababababababababababababababababababababababababababababab','entry-5',5,'VIC_US','1','perceptual','pdq',5,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(4,6,1,'2026-11-29T08:00:00.035+00:00','vic','abababababababababababababababababababababababababababababababab','entry-5',5,'VIC_US','1','perceptual','pdq',31,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(5,8,1,'2026-11-29T08:00:00.035+00:00','vic','abababababababababababababababababababababababababababababababab','entry-1',1,'VIC_US','1','perceptual','pdq',1,31,'match',1,0,'composited',0,'fast',90,'',NULL,1,0,0);
INSERT INTO "sightings" VALUES(6,9,1,'2026-11-29T08:00:00.035+00:00','vic','abababababababababababababababababababababababababababababababab','entry-8',8,'VIC_US','1','video','pdq',8,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(7,16,2,'2026-11-29T08:00:00.063+00:00','vic','abababababababababababababababababababababababababababababababab','entry-15',15,'VIC_US','1','perceptual','pdq',15,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(8,16,2,'2026-11-29T08:00:00.063+00:00','vic','abababababababababababababababababababababababababababababababab','entry-15',15,'VIC_US','1','perceptual','pdq',31,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(9,18,2,'2026-11-29T08:00:00.063+00:00','vic','abababababababababababababababababababababababababababababababab','entry-1',1,'VIC_US','1','perceptual','pdq',1,31,'match',1,0,'composited',0,'fast',90,'',NULL,1,0,0);
INSERT INTO "sightings" VALUES(10,20,3,'2026-11-29T08:00:00.084+00:00','vic','abababababababababababababababababababababababababababababababab','entry-7',7,'VIC_US','1','collision','md5',0,0,'match',1,0,'composited',0,'',NULL,'',NULL,0,1,0);
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
CREATE TABLE unread_ranges (
        id INTEGER PRIMARY KEY,
        scan_id INTEGER NOT NULL REFERENCES scans,
        run_id INTEGER NOT NULL REFERENCES runs,
        locator TEXT NOT NULL,
        offset INTEGER NOT NULL CHECK (offset >= 0),
        length INTEGER NOT NULL CHECK (length > 0),
        reason TEXT NOT NULL CHECK (reason <> '')
    ) STRICT
    ;
INSERT INTO "unread_ranges" VALUES(1,1,1,'a.E01',0,512,'bad checksum');
CREATE TABLE videos (
        id INTEGER PRIMARY KEY,
        picture_id INTEGER NOT NULL UNIQUE REFERENCES pictures,
        sampling TEXT NOT NULL,
        duration REAL NOT NULL CHECK (duration >= 0),
        codec TEXT NOT NULL,
        damaged INTEGER NOT NULL CHECK (damaged >= 0)
    ) STRICT
    ;
INSERT INTO "videos" VALUES(1,6,'query',1.20119999999999986788e+01,'h264',2);
CREATE TABLE viewings (
        id INTEGER PRIMARY KEY,
        sighting_id INTEGER NOT NULL REFERENCES sightings,
        at TEXT NOT NULL,
        viewer TEXT NOT NULL CHECK (viewer <> ''),
        reason TEXT NOT NULL CHECK (reason <> '')
    ) STRICT
    ;
INSERT INTO "viewings" VALUES(1,1,'2026-11-29T08:00:00.098+00:00','A. Meier','identification');
INSERT INTO "viewings" VALUES(2,3,'2026-11-29T08:00:00.098+00:00','A. Meier','identification');
CREATE TABLE volumes (
        id INTEGER PRIMARY KEY,
        scan_id INTEGER NOT NULL REFERENCES scans,
        run_id INTEGER NOT NULL REFERENCES runs,
        locator TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind <> ''),
        offset INTEGER NOT NULL CHECK (offset >= 0),
        length INTEGER NOT NULL CHECK (length >= 0),
        status TEXT NOT NULL CHECK (status IN ('read', 'partly-read', 'by-content', 'not-read')),
        reason TEXT NOT NULL,
        CHECK (status = 'read' OR reason <> '')
    ) STRICT
    ;
INSERT INTO "volumes" VALUES(1,1,1,'a.E01!gpt:1','ntfs',512,4096,'read','');
CREATE INDEX contents_by_size ON contents (case_id, size);
CREATE INDEX pictures_by_content ON pictures (content_id);
CREATE INDEX items_by_scan ON items (scan_id);
CREATE INDEX items_by_content ON items (content_id);
CREATE INDEX items_unreadable ON items (scan_id) WHERE status = 'unreadable';
CREATE INDEX runs_by_scan ON runs (scan_id);
CREATE INDEX run_lists_by_run ON run_lists (run_id);
CREATE INDEX scans_by_source ON scans (source_id);
CREATE VIEW unreadable AS
        SELECT items.id, scans.source_id, items.locator, items.size, items.reason, items.detail
        FROM items JOIN scans ON scans.id = items.scan_id
        WHERE items.status = 'unreadable';
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
CREATE TRIGGER scans_no_delete BEFORE DELETE ON scans BEGIN SELECT RAISE(ABORT, 'what was recorded in scans stays'); END;
CREATE TRIGGER runs_no_delete BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'what was recorded in runs stays'); END;
CREATE TRIGGER scans_no_update BEFORE UPDATE OF id, source_id, hashing_id, kind, path, identity, binding, fingerprint ON scans BEGIN SELECT RAISE(ABORT, 'what was recorded in scans stays'); END;
CREATE TRIGGER runs_no_update BEFORE UPDATE OF id, scan_id, started, tool, libraries, command, host, profile, resumed ON runs BEGIN SELECT RAISE(ABORT, 'what was recorded in runs stays'); END;
CREATE TRIGGER audit_appends BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    BEGIN SELECT RAISE(ABORT, 'audit rows are only appended'); END;
CREATE TRIGGER videos_no_update BEFORE UPDATE ON videos BEGIN SELECT RAISE(ABORT, 'what was recorded in videos stays'); END;
CREATE TRIGGER videos_no_delete BEFORE DELETE ON videos BEGIN SELECT RAISE(ABORT, 'what was recorded in videos stays'); END;
CREATE TRIGGER frames_no_update BEFORE UPDATE ON frames BEGIN SELECT RAISE(ABORT, 'what was recorded in frames stays'); END;
CREATE TRIGGER frames_no_delete BEFORE DELETE ON frames BEGIN SELECT RAISE(ABORT, 'what was recorded in frames stays'); END;
CREATE TRIGGER segments_no_update BEFORE UPDATE ON segments BEGIN SELECT RAISE(ABORT, 'what was recorded in segments stays'); END;
CREATE TRIGGER segments_no_delete BEFORE DELETE ON segments BEGIN SELECT RAISE(ABORT, 'what was recorded in segments stays'); END;
CREATE INDEX entries_by_entry ON entries (entry, source);
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'what was recorded in entries stays'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'what was recorded in entries stays'); END;
CREATE TRIGGER sighted_no_update BEFORE UPDATE ON sighted BEGIN SELECT RAISE(ABORT, 'what was recorded in sighted stays'); END;
CREATE TRIGGER sighted_no_delete BEFORE DELETE ON sighted BEGIN SELECT RAISE(ABORT, 'what was recorded in sighted stays'); END;
CREATE INDEX sightings_by_item ON sightings (item_id);
CREATE INDEX sightings_by_entry ON sightings (entry, list);
CREATE VIEW circulation AS
        SELECT sightings.list, sightings.entry, cases.name AS case_name, sources.label,
            items.locator, sightings.kind, sightings.distance, sightings.at
        FROM sightings
        JOIN items ON items.id = sightings.item_id
        JOIN scans ON scans.id = items.scan_id
        JOIN sources ON sources.id = scans.source_id
        JOIN cases ON cases.id = sources.case_id
        WHERE NOT (sightings.known_good OR sightings.suppressed);
CREATE TRIGGER sightings_no_update BEFORE UPDATE ON sightings BEGIN SELECT RAISE(ABORT, 'what was recorded in sightings stays'); END;
CREATE TRIGGER sightings_no_delete BEFORE DELETE ON sightings BEGIN SELECT RAISE(ABORT, 'what was recorded in sightings stays'); END;
CREATE INDEX environments_by_run ON environments (run_id);
CREATE TRIGGER environments_no_update BEFORE UPDATE ON environments BEGIN SELECT RAISE(ABORT, 'what was recorded in environments stays'); END;
CREATE TRIGGER environments_no_delete BEFORE DELETE ON environments BEGIN SELECT RAISE(ABORT, 'what was recorded in environments stays'); END;
CREATE TRIGGER runs_end_once BEFORE UPDATE OF ended, status ON runs
    WHEN OLD.status <> 'running'
    BEGIN SELECT RAISE(ABORT, 'what was recorded in runs stays'); END;
CREATE TRIGGER runs_expect_once BEFORE UPDATE OF expected ON runs
    WHEN OLD.expected IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'what was recorded in runs stays'); END;
CREATE TRIGGER scans_done_once BEFORE UPDATE OF done ON scans
    WHEN OLD.done
    BEGIN SELECT RAISE(ABORT, 'what was recorded in scans stays'); END;
CREATE INDEX viewings_by_sighting ON viewings (sighting_id);
CREATE TRIGGER viewings_no_update BEFORE UPDATE ON viewings BEGIN SELECT RAISE(ABORT, 'what was recorded in viewings stays'); END;
CREATE TRIGGER viewings_no_delete BEFORE DELETE ON viewings BEGIN SELECT RAISE(ABORT, 'what was recorded in viewings stays'); END;
CREATE INDEX volumes_by_scan ON volumes (scan_id, locator);
CREATE INDEX unread_ranges_by_scan ON unread_ranges (scan_id, locator, offset);
CREATE TRIGGER places_no_update BEFORE UPDATE ON places BEGIN SELECT RAISE(ABORT, 'what was recorded in places stays'); END;
CREATE TRIGGER places_no_delete BEFORE DELETE ON places BEGIN SELECT RAISE(ABORT, 'what was recorded in places stays'); END;
CREATE TRIGGER volumes_no_update BEFORE UPDATE ON volumes BEGIN SELECT RAISE(ABORT, 'what was recorded in volumes stays'); END;
CREATE TRIGGER volumes_no_delete BEFORE DELETE ON volumes BEGIN SELECT RAISE(ABORT, 'what was recorded in volumes stays'); END;
CREATE TRIGGER unread_ranges_no_update BEFORE UPDATE ON unread_ranges BEGIN SELECT RAISE(ABORT, 'what was recorded in unread_ranges stays'); END;
CREATE TRIGGER unread_ranges_no_delete BEFORE DELETE ON unread_ranges BEGIN SELECT RAISE(ABORT, 'what was recorded in unread_ranges stays'); END;
CREATE TRIGGER original_names_no_update BEFORE UPDATE ON original_names BEGIN SELECT RAISE(ABORT, 'what was recorded in original_names stays'); END;
CREATE TRIGGER original_names_no_delete BEFORE DELETE ON original_names BEGIN SELECT RAISE(ABORT, 'what was recorded in original_names stays'); END;
COMMIT;
PRAGMA application_id = 1213035364;
PRAGMA user_version = 8;
