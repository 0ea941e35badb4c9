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
INSERT INTO "audit" VALUES(1,'2026-11-30T08:00:01.000+00:00','examiner (uid 1000)','lab-1','creation','{"from":0,"to":9,"tool":"0.2.0"}','0000000000000000000000000000000000000000000000000000000000000000','553303c6bfc3a8f201fc33a619b9e245b36a2e82f11e7d91e7eeb486f0260bb0');
INSERT INTO "audit" VALUES(2,'2026-11-30T08:00:02.000+00:00','examiner (uid 1000)','lab-1','start','{"case":"1","fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","rows":{"cases":[{"id":1,"name":"1"}],"environments":[{"aspect":"system","facts":"{\"system\":\"Linux\",\"user\":\"examiner (uid 1000)\"}","id":1,"run_id":1}],"hashings":[{"id":1,"options":"{\"options\":{\"algorithms\":[\"pdq\"],\"mode\":\"fast\"},\"version\":\"1\"}"}],"run_lists":[{"entries":1000,"id":1,"known_good":0,"name":"vic","policy":"{\"coverage\":null,\"known_good_entries\":null,\"thresholds\":{\"pdq\":20}}","run_id":1,"sha256":"[\"abababababababababababababababababababababababababababababababab\"]","version":"2026-11"}],"runs":[{"command":"hashmatch scan /evidence/7","ended":"","host":"lab-1","id":1,"libraries":"{\"pillow\":\"11.3\"}","profile":"{\"false_matches\":1.0,\"farthest\":46,\"flat_cards\":{\"pdq\":20},\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"source\":\"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py\",\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}}","resumed":null,"scan_id":1,"started":"2026-11-30T08:00:02.000+00:00","status":"running","tool":"0.2.0"}],"scans":[{"binding":"{\"hashing\":\"1\",\"lists\":{\"vic\":{\"entries\":1000,\"files\":[\"abababababababababababababababababababababababababababababababab\"],\"known good\":false,\"policy\":{\"thresholds\":{\"pdq\":20}}}},\"options\":{\"algorithms\":[\"pdq\"],\"mode\":\"fast\"},\"profile\":{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}},\"source\":{\"identity\":{\"volume\":\"1234-ABCD\"},\"kind\":\"folder\",\"locators\":\"below the root\",\"path\":\"/evidence/7\"}}","done":0,"fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","hashing_id":1,"id":1,"identity":"{\"volume\":\"1234-ABCD\"}","kind":"folder","path":"/evidence/7","source_id":1}],"sources":[{"case_id":1,"id":1,"label":"exhibit 7"}]},"run":1,"source":"exhibit 7"}','553303c6bfc3a8f201fc33a619b9e245b36a2e82f11e7d91e7eeb486f0260bb0','7df8ff7fa7a2b8824215d9c56c54ef181937cfee36c3ae942807e55cf369604e');
INSERT INTO "audit" VALUES(3,'2026-11-30T08:00:03.000+00:00','examiner (uid 1000)','lab-1','count','{"rows":{"runs":[{"expected":12,"id":1}]},"run":1}','7df8ff7fa7a2b8824215d9c56c54ef181937cfee36c3ae942807e55cf369604e','9db7875c682f9fa828e2c1c9626dab371262c6836d13e987906343f4659f6608');
INSERT INTO "audit" VALUES(4,'2026-11-30T08:00:04.000+00:00','examiner (uid 1000)','lab-1','batch','{"hashed":4,"run":1,"skipped":1,"units":{"contents":{"checks":"7b3901dbc917e439754ccb3c15cbc7d2ec40120e997a84dd","count":6,"first":1,"sha256":"c24da11bcfc0fdb6d7b9df288a0f25e04ab9da302a2c1a96a20ddf751361a79b"},"items":{"checks":"01ad502d629c9c191815e40676f5c9a403cc8fde007321aa","count":6,"first":1,"sha256":"4ab871e8dcd5a658b7a25ce905a86a90b43c8315d97ae5386656349fb95710ba"},"matched_parts":{"checks":"9eb290610a6fdb08","count":2,"first":1,"sha256":"de0ab26524e9827c8f1c18d44cde6de14a82671b971d3a339dcd34dc94355d94"},"metadata":{"checks":"2532a08d","count":1,"first":1,"sha256":"7dd88cc7b749b08476537107e34acf4cdf97d932a4efc803230bbf6aeb49bcd3"},"pictures":{"checks":"723d87029d61e4b5f678a696ab2a8bcd","count":4,"first":1,"sha256":"5bb75b1625cf5169156e8b6ed13968f2536ad28a1c1a5e71d3cde795be4f01d9"},"region_sets":{"checks":"b4d28ffb08d55445fe3b3f11b315a80c","count":4,"first":1,"sha256":"5e6aa982e7c2e4d971a234f7159ac7c6b4db2096682521c07d645e17998d1a3a"},"sightings":{"checks":"5e3bd56f7c68776f","count":2,"first":1,"sha256":"c5687630921ec6fabe886b57d2d045cf7794c10dd79d2c3e5701201c8ad3064f"}},"unreadable":1}','9db7875c682f9fa828e2c1c9626dab371262c6836d13e987906343f4659f6608','e3008b976de48eb62d5e7bc77c752d5c9c7422221ebaf9537299ed2bbaec1779');
INSERT INTO "audit" VALUES(5,'2026-11-30T08:00:05.000+00:00','examiner (uid 1000)','lab-1','end','{"items":6,"rows":{"runs":[{"ended":"2026-11-30T08:00:05.000+00:00","id":1,"status":"interrupted"}]},"run":1}','e3008b976de48eb62d5e7bc77c752d5c9c7422221ebaf9537299ed2bbaec1779','4cd4aab8723077bcc573d91b8947f382c3a4da35a365cfb8022309c263d85436');
INSERT INTO "audit" VALUES(6,'2026-11-30T08:00:06.000+00:00','examiner (uid 1000)','lab-1','refusal','{"case":"1","command":"other","message":"a scan of this source stopped after 6 items, and this one differs; resume it as it was (--resume), or rescan it (--rescan):\n  profile: default \u2192 wide","rows":{},"source":"exhibit 7"}','4cd4aab8723077bcc573d91b8947f382c3a4da35a365cfb8022309c263d85436','ae44febfb1c8308adb9ad4b7f5c0d347e98c77b7a4564cad4850af27717f967a');
INSERT INTO "audit" VALUES(7,'2026-11-30T08:00:07.000+00:00','examiner (uid 1000)','lab-1','resume','{"case":"1","fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","items":6,"resumed":1,"rows":{"environments":[{"aspect":"system","facts":"{\"system\":\"Linux\",\"user\":\"examiner (uid 1000)\"}","id":2,"run_id":2}],"run_lists":[{"entries":1000,"id":2,"known_good":0,"name":"vic","policy":"{\"coverage\":null,\"known_good_entries\":null,\"thresholds\":{\"pdq\":20}}","run_id":2,"sha256":"[\"abababababababababababababababababababababababababababababababab\"]","version":"2026-11"}],"runs":[{"command":"hashmatch scan /evidence/7","ended":"","host":"lab-1","id":2,"libraries":"{\"pillow\":\"11.3\"}","profile":"{\"false_matches\":1.0,\"farthest\":46,\"flat_cards\":{\"pdq\":20},\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"source\":\"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py\",\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}}","resumed":1,"scan_id":1,"started":"2026-11-30T08:00:07.000+00:00","status":"running","tool":"0.2.0"}]},"run":2,"source":"exhibit 7"}','ae44febfb1c8308adb9ad4b7f5c0d347e98c77b7a4564cad4850af27717f967a','aef02fbfd37637040d0215cc3c0c3159c5c0cb006c46e25ac5973ec21f9472c6');
INSERT INTO "audit" VALUES(8,'2026-11-30T08:00:08.000+00:00','examiner (uid 1000)','lab-1','count','{"rows":{"runs":[{"expected":12,"id":2}]},"run":2}','aef02fbfd37637040d0215cc3c0c3159c5c0cb006c46e25ac5973ec21f9472c6','89fc8610500715a156bc86a007a4f1511c681a438eb8f9cbaad3432978fd8332');
INSERT INTO "audit" VALUES(9,'2026-11-30T08:00:09.000+00:00','examiner (uid 1000)','lab-1','batch','{"hashed":5,"run":2,"skipped":1,"units":{"contents":{"checks":"14063e071d01580e9e960e50a0d04fe1","count":4,"first":7,"sha256":"773cb6adc425477160529cabdb9618f5368ab648715bd3e781cf99e28c24be60"},"items":{"checks":"c24a5b908df621a32586f385e48c64d1a71b68bebc787ec11d1610f1","count":7,"first":7,"sha256":"3345f0f346336341bfdcd776d15304577bd922eb3dea92f2c1f6bcdd1bb86446"},"pictures":{"checks":"ce46a188b6a63ddafcc6180cb591c3271a05017b","count":5,"first":5,"sha256":"569da19968d59d764f7f02a2ffe25ef2851580a003be56d024b487a6bbefd15c"},"sightings":{"checks":"005f068edf3d6f212952a7ba","count":3,"first":3,"sha256":"e4cabedae306f5426234235e54faa7dda8a86aca649633a116234e3150a147c3"},"videos":{"checks":"d745a0d55baf0d97","count":2,"first":1,"sha256":"95bcc943cdd76d35f355fb8ca3c698f01b68efb65fe539ce66a8502e75dfc347"}},"unreadable":1}','89fc8610500715a156bc86a007a4f1511c681a438eb8f9cbaad3432978fd8332','6315882b54b7a54ee9657c739595ec3b5b12287e3871ecaf8daed5edbb4da5fd');
INSERT INTO "audit" VALUES(10,'2026-11-30T08:00:10.000+00:00','examiner (uid 1000)','lab-1','end','{"items":13,"rows":{"runs":[{"ended":"2026-11-30T08:00:10.000+00:00","id":2,"status":"done"}],"scans":[{"done":1,"id":1}]},"run":2}','6315882b54b7a54ee9657c739595ec3b5b12287e3871ecaf8daed5edbb4da5fd','6f7c3528413791c0bef4788631f8bd588aa9f7adb55b3dd68793217f9f5bbdbc');
INSERT INTO "audit" VALUES(11,'2026-11-30T08:00:11.000+00:00','examiner (uid 1000)','lab-1','start','{"case":"1","fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","rows":{"environments":[{"aspect":"system","facts":"{\"system\":\"Linux\",\"user\":\"examiner (uid 1000)\"}","id":3,"run_id":3}],"run_lists":[{"entries":1000,"id":3,"known_good":0,"name":"vic","policy":"{\"coverage\":null,\"known_good_entries\":null,\"thresholds\":{\"pdq\":20}}","run_id":3,"sha256":"[\"abababababababababababababababababababababababababababababababab\"]","version":"2026-11"}],"runs":[{"command":"hashmatch scan /evidence/7","ended":"","host":"lab-1","id":3,"libraries":"{\"pillow\":\"11.3\"}","profile":"{\"false_matches\":1.0,\"farthest\":46,\"flat_cards\":{\"pdq\":20},\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"source\":\"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py\",\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}}","resumed":null,"scan_id":2,"started":"2026-11-30T08:00:11.000+00:00","status":"running","tool":"0.2.0"}],"scans":[{"binding":"{\"hashing\":\"1\",\"lists\":{\"vic\":{\"entries\":1000,\"files\":[\"abababababababababababababababababababababababababababababababab\"],\"known good\":false,\"policy\":{\"thresholds\":{\"pdq\":20}}}},\"options\":{\"algorithms\":[\"pdq\"],\"mode\":\"fast\"},\"profile\":{\"minimum_fraction\":0.95,\"minimum_quality\":50,\"name\":\"default\",\"probable\":{\"ahash-64\":0,\"whash-64\":0},\"probable_fraction\":0.5,\"probable_quality\":90,\"qualities\":{},\"thresholds\":{\"dhash-256\":46,\"dhash-64\":5,\"pdq\":31,\"phash-256\":80,\"phash-64\":8},\"video\":{\"common\":24,\"common_pictures\":3,\"copy_coverage\":0.5,\"many\":50000000,\"minimum_quality\":20,\"orientations\":[1,2,3,4,5,6,7,8],\"probable_frames\":2,\"probable_pictures\":2,\"probable_score\":1.5,\"same_picture\":40,\"seed\":40,\"seed_of_many\":35,\"source\":\"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos\",\"steps\":{\"decay\":0.7,\"drift\":0.15,\"fastest\":2.0,\"gap\":8.0,\"lapse\":0.02,\"pair\":64,\"slack\":0.6,\"slowest\":0.5},\"strong_distance\":40.0,\"strong_frames\":3,\"strong_pictures\":3,\"strong_span\":2.0,\"threshold\":31}},\"source\":{\"identity\":{\"volume\":\"1234-ABCD\"},\"kind\":\"folder\",\"locators\":\"below the root\",\"path\":\"/evidence/7\"}}","done":0,"fingerprint":"d6b9d52ce1a1562ff40951ab0c1b51ccf5ccb0e08baf9d1e7f8d820ef46914b7","hashing_id":1,"id":2,"identity":"{\"volume\":\"1234-ABCD\"}","kind":"folder","path":"/evidence/7","source_id":1}]},"run":3,"source":"exhibit 7"}','6f7c3528413791c0bef4788631f8bd588aa9f7adb55b3dd68793217f9f5bbdbc','8ea2ae6146d86e50cab4d6cea2f92153769bdaa99985140b2f580231d74c0395');
INSERT INTO "audit" VALUES(12,'2026-11-30T08:00:12.000+00:00','examiner (uid 1000)','lab-1','batch','{"hashed":2,"run":3,"skipped":1,"units":{"items":{"checks":"a22e9542d83c1068c0861297","count":3,"first":14,"sha256":"12fb861695ba6c9097e1d5ec31564873fe012e4110c2cbc1c12989ad2c21b70b"},"pictures":{"checks":"dbbc54fe","count":1,"first":10,"sha256":"4808757dfa87fbbcc570347a92e668b262aa1dbeedf3f01df700febcac68f8cf"}},"unreadable":0}','8ea2ae6146d86e50cab4d6cea2f92153769bdaa99985140b2f580231d74c0395','d13be1c83b0c10cbbe4a43983b4e14e682708531559d56a5665daa0ad39e3a71');
INSERT INTO "audit" VALUES(13,'2026-11-30T08:00:13.000+00:00','examiner (uid 1000)','lab-1','end','{"items":3,"rows":{"runs":[{"ended":"2026-11-30T08:00:13.000+00:00","id":3,"status":"interrupted"}]},"run":3}','d13be1c83b0c10cbbe4a43983b4e14e682708531559d56a5665daa0ad39e3a71','a86ea88bc94a72dce3da6597aef60ad6cc626a74b2a0afeb0236d449e3522125');
INSERT INTO "audit" VALUES(14,'2026-11-30T08:00:14.000+00:00','examiner (uid 1000)','lab-1','note','{"details":{"to":"x"},"what":"export"}','a86ea88bc94a72dce3da6597aef60ad6cc626a74b2a0afeb0236d449e3522125','a843ac00ebc4c6db0978b140c58ea9af1470271a51f108bb944d6186e11fe6c3');
INSERT INTO "audit" VALUES(15,'2026-11-30T08:00:15.000+00:00','examiner (uid 1000)','lab-1','viewed','{"rows":{"viewings":[{"at":"2026-11-30T08:00:15.000+00:00","id":1,"reason":"identification","sighting_id":3,"viewer":"A. Meier"}]}}','a843ac00ebc4c6db0978b140c58ea9af1470271a51f108bb944d6186e11fe6c3','2edd6003f4b91729c924617e807597d93945d07611b0fee62bd98f766b41abda');
INSERT INTO "audit" VALUES(16,'2026-11-30T08:00:16.000+00:00','examiner (uid 1000)','lab-1','viewed','{"rows":{"viewings":[{"at":"2026-11-30T08:00:16.000+00:00","id":2,"reason":"second opinion","sighting_id":3,"viewer":"B. Huber"}]}}','2edd6003f4b91729c924617e807597d93945d07611b0fee62bd98f766b41abda','4dc891fab5985e22ca95058a407a24155d842df3fa3fdb23f2dd491170eb401c');
INSERT INTO "audit" VALUES(17,'2026-11-30T08:00:17.000+00:00','examiner (uid 1000)','lab-1','statement','{"rows":{"statements":[{"at":"2026-11-30T08:00:17.000+00:00","author":"A. Meier","case_id":1,"field":"kind","id":1,"reason":"seen","source_id":1,"state":"stated","subject":"","topic":"exhibit","value":"phone"},{"at":"2026-11-30T08:00:17.000+00:00","author":"A. Meier","case_id":1,"field":"imei","id":2,"reason":"seen","source_id":1,"state":"stated","subject":"","topic":"exhibit","value":"49015420323751"}]}}','4dc891fab5985e22ca95058a407a24155d842df3fa3fdb23f2dd491170eb401c','1d067e4760ba085e5b53ccc198ecb0e4e820dcbce7ce47c5d751825e464594aa');
INSERT INTO "audit" VALUES(18,'2026-11-30T08:00:18.000+00:00','examiner (uid 1000)','lab-1','statement','{"rows":{"statements":[{"at":"2026-11-30T08:00:18.000+00:00","author":"A. Meier","case_id":1,"field":"access","id":3,"reason":"","source_id":null,"state":"stated","subject":"","topic":"case","value":"pointer"},{"at":"2026-11-30T08:00:18.000+00:00","author":"A. Meier","case_id":1,"field":"contact","id":4,"reason":"","source_id":null,"state":"stated","subject":"","topic":"case","value":"A. Meier"}]}}','1d067e4760ba085e5b53ccc198ecb0e4e820dcbce7ce47c5d751825e464594aa','75d70a7023eab856ea1655241dc8abdcd8fd36a6a2e66faff057b7b5b99de4d1');
INSERT INTO "audit" VALUES(19,'2026-11-30T08:00:19.000+00:00','examiner (uid 1000)','lab-1','import','{"import":1,"rows":{"sources":[{"case_id":1,"id":2,"label":"return 1"}]},"units":{"events":{"checks":"21c69d8fa053d53e62d6f57fe562f9c8","count":4,"first":1,"sha256":"6ed36d9bea0d322582cb4b738f036ce50b53ccd5ed090706fce1086c406bca21"},"imports":{"checks":"ff58a0cf","count":1,"first":1,"sha256":"a5a575ac9d469752c0e2337bc40f0e6c97b37589c2d86ebdae918003493a3020"},"quarantined_rows":{"checks":"2debf482","count":1,"first":1,"sha256":"40710d9f70058ca32870b35ed9d0190d32588df718998f78d4e66062fe7e2eae"}}}','75d70a7023eab856ea1655241dc8abdcd8fd36a6a2e66faff057b7b5b99de4d1','13cb3f70939ac1f93c6c117c3d792cdfa8bbcf17e162efd4915e6d741cdcf2f0');
INSERT INTO "audit" VALUES(20,'2026-11-30T08:00:20.000+00:00','examiner (uid 1000)','lab-1','clustering','{"threshold":12,"units":{"cluster_members":{"checks":"e476ba1ee5fa4474d6872cf7","count":3,"first":1,"sha256":"56b051b6aeb189143231b5098ba0d272d497d40b01236a65c2e5a2f82bb5ee42"}}}','13cb3f70939ac1f93c6c117c3d792cdfa8bbcf17e162efd4915e6d741cdcf2f0','543a33d3ac2f704e95e2dd246b0a0a943dbe150dff68cb1810695bb7003ba130');
CREATE TABLE cases (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT
    ;
INSERT INTO "cases" VALUES(1,'1');
CREATE TABLE cluster_members (
        id INTEGER PRIMARY KEY,
        cluster_id INTEGER NOT NULL REFERENCES cluster_members,
        picture_id INTEGER NOT NULL REFERENCES pictures,
        distance INTEGER NOT NULL CHECK (distance >= 0),
        orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
        threshold INTEGER NOT NULL CHECK (threshold >= 0),
        reason TEXT NOT NULL CHECK (reason IN ('', 'low-quality', 'flat', 'no-hash')),
        CHECK (cluster_id <= id AND (cluster_id < id OR distance = 0))
    ) STRICT
    ;
INSERT INTO "cluster_members" VALUES(1,1,1,0,1,12,'');
INSERT INTO "cluster_members" VALUES(2,1,2,9,2,12,'');
INSERT INTO "cluster_members" VALUES(3,3,3,0,1,12,'flat');
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
INSERT INTO "contents" VALUES(10,1,X'AC98C5E0865F16BBD64274ACC01CF983A7EE906E26B9A26E48C39439B83DA54F',X'AC98C5E0865F16BBD64274ACC01CF983A7EE906E',X'AC98C5E0865F16BBD64274ACC01CF983',1000001);
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
CREATE TABLE environments (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs,
        aspect TEXT NOT NULL CHECK (aspect <> ''),
        facts TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "environments" VALUES(1,1,'system','{"system":"Linux","user":"examiner (uid 1000)"}');
INSERT INTO "environments" VALUES(2,2,'system','{"system":"Linux","user":"examiner (uid 1000)"}');
INSERT INTO "environments" VALUES(3,3,'system','{"system":"Linux","user":"examiner (uid 1000)"}');
CREATE TABLE erased (
        id INTEGER PRIMARY KEY,
        erasure_id INTEGER NOT NULL REFERENCES erasures,
        kind TEXT NOT NULL CHECK (kind <> ''),
        number INTEGER NOT NULL CHECK (number > 0),
        source_id INTEGER REFERENCES sources,
        scan_id INTEGER REFERENCES scans,
        origin_id INTEGER NOT NULL CHECK (origin_id >= 0),
        sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
        UNIQUE (kind, number, origin_id, erasure_id)
    ) STRICT
    ;
CREATE TABLE erasures (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        author TEXT NOT NULL CHECK (author <> ''),
        court_order TEXT NOT NULL CHECK (court_order <> ''),
        reason TEXT NOT NULL CHECK (reason <> ''),
        things TEXT NOT NULL
    ) STRICT
    ;
CREATE TABLE event_values (
        event_id INTEGER NOT NULL REFERENCES events,
        position INTEGER NOT NULL,
        part TEXT NOT NULL CHECK (part IN ('subject', 'counterpart', 'key', 'hash')),
        kind TEXT NOT NULL,
        value TEXT NOT NULL CHECK (value <> ''),
        service TEXT NOT NULL,
        PRIMARY KEY (event_id, position)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "event_values" VALUES(1,0,'subject','account','user 1','kik');
INSERT INTO "event_values" VALUES(1,1,'subject','ip','2001:db8::1','');
INSERT INTO "event_values" VALUES(1,2,'counterpart','email','u1@example.org','');
INSERT INTO "event_values" VALUES(1,3,'key','key','cybertip/7/file/1','');
INSERT INTO "event_values" VALUES(1,4,'hash','pdq','0000000000000000000000000000000000000000000000000000000000000001','');
INSERT INTO "event_values" VALUES(2,0,'subject','account','user 2','kik');
INSERT INTO "event_values" VALUES(2,1,'subject','ip','2001:db8::2','');
INSERT INTO "event_values" VALUES(2,2,'counterpart','email','u2@example.org','');
INSERT INTO "event_values" VALUES(2,3,'key','key','cybertip/7/file/2','');
INSERT INTO "event_values" VALUES(2,4,'hash','pdq','0000000000000000000000000000000000000000000000000000000000000002','');
INSERT INTO "event_values" VALUES(3,0,'subject','account','user 3','kik');
INSERT INTO "event_values" VALUES(3,1,'subject','ip','2001:db8::3','');
INSERT INTO "event_values" VALUES(3,2,'counterpart','email','u3@example.org','');
INSERT INTO "event_values" VALUES(3,3,'key','key','cybertip/7/file/3','');
INSERT INTO "event_values" VALUES(3,4,'hash','pdq','0000000000000000000000000000000000000000000000000000000000000003','');
INSERT INTO "event_values" VALUES(4,0,'subject','account','user 4','kik');
INSERT INTO "event_values" VALUES(4,1,'subject','ip','2001:db8::4','');
INSERT INTO "event_values" VALUES(4,2,'counterpart','email','u4@example.org','');
INSERT INTO "event_values" VALUES(4,3,'key','key','cybertip/7/file/4','');
INSERT INTO "event_values" VALUES(4,4,'hash','pdq','0000000000000000000000000000000000000000000000000000000000000004','');
CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        import_id INTEGER NOT NULL REFERENCES imports DEFERRABLE INITIALLY DEFERRED,
        place TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN (
            'upload', 'download', 'sending', 'receipt', 'login', 'registration', 'purchase',
            'stored', 'seen', 'named', 'other'
        )),
        role TEXT NOT NULL CHECK (role IN (
            'uploader', 'holder', 'recipient', 'victim', 'reporter', 'associated', 'compromised',
            'unknown'
        )),
        service TEXT NOT NULL,
        name TEXT NOT NULL,
        sha256 BLOB CHECK (length(sha256) = 32),
        sha1 BLOB CHECK (length(sha1) = 20),
        md5 BLOB CHECK (length(md5) = 16),
        time_kind TEXT NOT NULL,
        earliest TEXT NOT NULL,
        latest TEXT NOT NULL CHECK (latest >= earliest),
        stated TEXT NOT NULL,
        zone TEXT NOT NULL,
        port INTEGER CHECK (port BETWEEN 0 AND 65535),
        proxy INTEGER CHECK (proxy IN (0, 1)),
        thread TEXT NOT NULL,
        message TEXT NOT NULL,
        fields TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "events" VALUES(1,1,'row 1','upload','uploader','kik','IMG_1.jpg',X'0000000000000000000000000000000000000000000000000000000000000001',X'0000000000000000000000000000000000000001',X'00000000000000000000000000000001','uploaded','2026-04-17T10:20:01.000000+00:00','2026-04-17T10:20:01.999999+00:00','2026-04-17 10:20:01','UTC',1025,1,'thread 1','message 1','{"unknown":"1"}');
INSERT INTO "events" VALUES(2,1,'row 2','upload','uploader','kik','IMG_2.jpg',X'0000000000000000000000000000000000000000000000000000000000000002',X'0000000000000000000000000000000000000002',X'00000000000000000000000000000002','uploaded','2026-04-17T10:20:02.000000+00:00','2026-04-17T10:20:02.999999+00:00','2026-04-17 10:20:02','UTC',1026,0,'thread 2','message 2','{"unknown":"2"}');
INSERT INTO "events" VALUES(3,1,'row 3','upload','uploader','kik','IMG_3.jpg',X'0000000000000000000000000000000000000000000000000000000000000003',X'0000000000000000000000000000000000000003',X'00000000000000000000000000000003','uploaded','2026-04-17T10:20:03.000000+00:00','2026-04-17T10:20:03.999999+00:00','2026-04-17 10:20:03','UTC',1027,1,'thread 3','message 3','{"unknown":"3"}');
INSERT INTO "events" VALUES(4,1,'row 4','upload','uploader','kik','IMG_4.jpg',X'0000000000000000000000000000000000000000000000000000000000000004',X'0000000000000000000000000000000000000004',X'00000000000000000000000000000004','uploaded','2026-04-17T10:20:04.000000+00:00','2026-04-17T10:20:04.999999+00:00','2026-04-17 10:20:04','UTC',1028,0,'thread 4','message 4','{"unknown":"4"}');
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
INSERT INTO "frames" VALUES(2,0,0.0,'','pdq',1,0,0,0,X'8FAD34BBB0C1ED095FBF1B50CB0E48785A030D5AF68DC1A4957CBB583C3C1E5A');
INSERT INTO "frames" VALUES(2,1,1.001,'','pdq',1,0,30,1,X'020A7C91E30725BB191818987340DEC6040AFF93923840DE685E1E1D7B3D071A');
INSERT INTO "frames" VALUES(2,2,2.002,'content','pdq',1,0,60,2,X'F71998FE363B9C29116C80B5EECF33A2FEDCA3B6159724384485804B71651029');
INSERT INTO "frames" VALUES(2,3,3.003,'','pdq',1,0,90,3,X'63B51E9A6A3330E3291AA4D3F6B44C69D7FB50791C3427054C934ABE929FD780');
INSERT INTO "frames" VALUES(2,4,4.004,'','pdq',1,0,120,4,X'D695181821D164770EFA8516DAF9B75B60EC0EBA4E9896928885545D2B72D8FD');
INSERT INTO "frames" VALUES(2,5,5.005,'','pdq',1,0,150,5,X'68BC23B5950DFA4317F4C8CD5612EC059857FBAAE30824D6A86270174F5E9FCB');
INSERT INTO "frames" VALUES(2,6,6.006,'','pdq',1,0,180,6,X'2BB2CDEEAD1FD9542789ACEDCEB6DA1530DE1AC64413EBED58A2DBCC5A317663');
INSERT INTO "frames" VALUES(2,7,7.007,'content','pdq',1,0,210,7,X'D5CB7C0A828D5AE6C5FEFA8883F71034E2383AC0378ADA0C560EDB4A9251DB0D');
INSERT INTO "frames" VALUES(2,8,8.008,'','pdq',1,0,240,8,X'F0338AB884F95EB1E72CEB1C55A69D02644113C93E2EF5E5B1737234FE1D2546');
INSERT INTO "frames" VALUES(2,9,9.009,'','pdq',1,0,270,9,X'ED068000238B02DE9DE39C28680F0163D897711D1E5801B1B12E07704DDD1796');
INSERT INTO "frames" VALUES(2,10,10.01,'','pdq',1,0,300,10,X'F21C431104BA6DE8B6045E9D7AE6D9AF2FCADBAEDCF97648229561F761A9A461');
INSERT INTO "frames" VALUES(2,11,11.011,'','pdq',1,0,330,11,X'1935BE65D9B16FF28869B751F1485159AD833BF95A791B4350603EC048655DC5');
CREATE TABLE hashings (
        id INTEGER PRIMARY KEY,
        options TEXT NOT NULL UNIQUE
    ) STRICT
    ;
INSERT INTO "hashings" VALUES(1,'{"options":{"algorithms":["pdq"],"mode":"fast"},"version":"1"}');
CREATE TABLE imports (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases,
        source_id INTEGER NOT NULL REFERENCES sources,
        at TEXT NOT NULL,
        name TEXT NOT NULL,
        format TEXT NOT NULL CHECK (format <> ''),
        sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
        service TEXT NOT NULL,
        report TEXT NOT NULL,
        events INTEGER NOT NULL CHECK (events >= 0),
        repeated INTEGER NOT NULL CHECK (repeated >= 0),
        quarantined INTEGER NOT NULL CHECK (quarantined >= 0),
        notes TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "imports" VALUES(1,1,2,'2026-11-30T08:00:19.000+00:00','tip.xml','cybertipline-xml',X'ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB','kik','7',4,0,1,'["2 rows"]');
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
INSERT INTO "items" VALUES(8,1,2,'/evidence/7/DCIM/IMG_00007.JPG',5001,2,6,'hashed','','',1,0);
INSERT INTO "items" VALUES(9,1,2,'/evidence/7/CLIP_8.MP4',1000008,8,7,'hashed','','',0,1);
INSERT INTO "items" VALUES(10,1,2,'"/evidence/7/caf\udce9 \x1b[31m\n<script>.jpg9"',NULL,NULL,NULL,'unreadable','io-error','Input/output error',0,0);
INSERT INTO "items" VALUES(11,1,2,'/evidence/7/DCIM/IMG_00010.JPG',0,1,NULL,'skipped','empty','',0,0);
INSERT INTO "items" VALUES(12,1,2,'/evidence/7/DCIM/IMG_00011.JPG',5011,9,8,'hashed','','',0,0);
INSERT INTO "items" VALUES(13,1,2,'/evidence/7/CLIP_1.MP4',1000001,10,9,'hashed','','',0,1);
INSERT INTO "items" VALUES(14,2,3,'/evidence/7/DCIM/IMG_00000.JPG',0,1,NULL,'skipped','empty','',0,0);
INSERT INTO "items" VALUES(15,2,3,'/evidence/7/DCIM/IMG_00001.JPG',5001,2,6,'hashed','','',0,0);
INSERT INTO "items" VALUES(16,2,3,'/evidence/7/DCIM/IMG_00002.JPG',5002,3,10,'hashed','','',0,0);
CREATE TABLE matched_parts (
        id INTEGER PRIMARY KEY,
        sighting_id INTEGER NOT NULL UNIQUE REFERENCES sightings,
        tier TEXT NOT NULL CHECK (tier IN ('regions', 'framing', 'patches')),
        outline TEXT NOT NULL,
        hypothesis TEXT NOT NULL,
        tried INTEGER NOT NULL CHECK (tried >= 0),
        similarity TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "matched_parts" VALUES(1,1,'regions','[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','all',16,'[7,1.5,-20.0,0.25]');
INSERT INTO "matched_parts" VALUES(2,2,'regions','[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','all',16,'[7,1.5,-20.0,0.25]');
CREATE TABLE merged_rows (
        id INTEGER PRIMARY KEY,
        merge_id INTEGER NOT NULL REFERENCES merges DEFERRABLE INITIALLY DEFERRED,
        kind TEXT NOT NULL CHECK (kind <> ''),
        first INTEGER NOT NULL CHECK (first > 0),
        number INTEGER NOT NULL CHECK (number >= 0),
        count INTEGER NOT NULL CHECK (count > 0),
        added INTEGER NOT NULL CHECK (added IN (0, 1, 2, 3)),
        CHECK ((added = 3) = (number = 0))
    ) STRICT
    ;
CREATE TABLE merges (
        id INTEGER PRIMARY KEY,
        origin_id INTEGER NOT NULL REFERENCES origins,
        at TEXT NOT NULL,
        author TEXT NOT NULL CHECK (author <> ''),
        reason TEXT NOT NULL,
        path TEXT NOT NULL,
        sha256 TEXT NOT NULL CHECK (length(sha256) IN (0, 64)),
        rows INTEGER NOT NULL CHECK (rows > 0),
        head TEXT NOT NULL CHECK (length(head) = 64)
    ) STRICT
    ;
CREATE TABLE metadata (
        id INTEGER PRIMARY KEY,
        content_id INTEGER NOT NULL REFERENCES contents,
        reader TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "metadata" VALUES(1,1,'1');
CREATE TABLE metadata_fields (
        metadata_id INTEGER NOT NULL REFERENCES metadata,
        position INTEGER NOT NULL,
        name TEXT NOT NULL CHECK (name <> ''),
        value TEXT NOT NULL,
        PRIMARY KEY (metadata_id, position)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "metadata_fields" VALUES(1,0,'make','Maker');
INSERT INTO "metadata_fields" VALUES(1,1,'body-serial','A 1');
CREATE TABLE origin_audit (
        origin_id INTEGER NOT NULL REFERENCES origins,
        seq INTEGER NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        host TEXT NOT NULL,
        action TEXT NOT NULL,
        details TEXT NOT NULL,
        previous TEXT NOT NULL CHECK (length(previous) = 64),
        sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
        PRIMARY KEY (origin_id, seq)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE original_names (
        id INTEGER PRIMARY KEY,
        item_id INTEGER NOT NULL UNIQUE REFERENCES items,
        name TEXT NOT NULL CHECK (name <> '')
    ) STRICT
    ;
CREATE TABLE origins (
        id INTEGER PRIMARY KEY,
        chain TEXT NOT NULL CHECK (length(chain) = 64),
        copy_of INTEGER REFERENCES origins,
        common INTEGER NOT NULL CHECK (common >= 0)
    ) STRICT
    ;
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
INSERT INTO "pictures" VALUES(6,2,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(7,8,1,'fast',1920,1080,'mp4','libav',360,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(8,9,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(9,10,1,'fast',1920,1080,'mp4','libav',360,'["oriented"]',1.0,'');
INSERT INTO "pictures" VALUES(10,3,1,'fast',640,480,'jpeg','turbo',1,'["oriented"]',1.0,'');
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
CREATE TABLE quarantined_rows (
        id INTEGER PRIMARY KEY,
        import_id INTEGER NOT NULL REFERENCES imports DEFERRABLE INITIALLY DEFERRED,
        place TEXT NOT NULL,
        reason TEXT NOT NULL CHECK (reason <> '')
    ) STRICT
    ;
INSERT INTO "quarantined_rows" VALUES(1,1,'row 9','it has no time');
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
INSERT INTO "readings" VALUES(6,0,'pdq',1,0,0,90,X'8FAD34BBB0C1ED095FBF1B50CB0E48785A030D5AF68DC1A4957CBB583C3C1E5A');
INSERT INTO "readings" VALUES(6,1,'pdq',2,0,0,90,X'020A7C91E30725BB191818987340DEC6040AFF93923840DE685E1E1D7B3D071A');
INSERT INTO "readings" VALUES(6,2,'pdq',3,0,0,90,X'F71998FE363B9C29116C80B5EECF33A2FEDCA3B6159724384485804B71651029');
INSERT INTO "readings" VALUES(6,3,'pdq',4,0,0,90,X'63B51E9A6A3330E3291AA4D3F6B44C69D7FB50791C3427054C934ABE929FD780');
INSERT INTO "readings" VALUES(6,4,'pdq',5,0,0,90,X'D695181821D164770EFA8516DAF9B75B60EC0EBA4E9896928885545D2B72D8FD');
INSERT INTO "readings" VALUES(6,5,'pdq',6,0,0,90,X'68BC23B5950DFA4317F4C8CD5612EC059857FBAAE30824D6A86270174F5E9FCB');
INSERT INTO "readings" VALUES(6,6,'pdq',7,0,0,90,X'2BB2CDEEAD1FD9542789ACEDCEB6DA1530DE1AC64413EBED58A2DBCC5A317663');
INSERT INTO "readings" VALUES(6,7,'pdq',8,0,0,90,X'D5CB7C0A828D5AE6C5FEFA8883F71034E2383AC0378ADA0C560EDB4A9251DB0D');
INSERT INTO "readings" VALUES(8,0,'pdq',1,0,0,90,X'54E6DC11C2B91EE02567C135A6E59359FAD3114183394ACC835D5F5AA440F646');
INSERT INTO "readings" VALUES(8,1,'pdq',2,0,0,90,X'E04737BA7EBF0EF7B7E56591396F2F98034A2D94656BB44606831AC9077E56D9');
INSERT INTO "readings" VALUES(8,2,'pdq',3,0,0,90,X'71739343931734D352B99347FE917344A37293AABD5ED659B01DFE61AB45CA89');
INSERT INTO "readings" VALUES(8,3,'pdq',4,0,0,90,X'A60DD68069EDAA547D7D6E119366D0EFCD3AC8077BE75C7821E1FD4863C708E4');
INSERT INTO "readings" VALUES(8,4,'pdq',5,0,0,90,X'7A388BCF0E78B35377EFA3B6526D315153A31193DAEA47A6934EAA02BAE23B12');
INSERT INTO "readings" VALUES(8,5,'pdq',6,0,0,90,X'10DC22EDFB5B456F3E68E33461BCE7138DB833F9E9924B7772608FCA2FC49962');
INSERT INTO "readings" VALUES(8,6,'pdq',7,0,0,90,X'67EBE1AAF0F2DEF31CD55C361F98E26DAB6A1C931A2BC6025E05C966DF52FF79');
INSERT INTO "readings" VALUES(8,7,'pdq',8,0,0,90,X'7E9EA442F1B6BF5ACD4E10597BEBE1DB57AAB7258DC2B45607334982DC096ECE');
INSERT INTO "readings" VALUES(10,0,'pdq',1,0,0,90,X'1C9338EB9C4746E1C7C03AA4AF28451B10F2187952635C0988479D940A05BE55');
INSERT INTO "readings" VALUES(10,1,'pdq',2,0,0,90,X'E57ACC10F53C55BD65C8462F1402834EDD30E4F41203988A0CAC5AFF6122A614');
INSERT INTO "readings" VALUES(10,2,'pdq',3,0,0,90,X'04412575067F0BDB6722E31A7EE45744CC1ECF2DFACEC4CFBFA70CFD364BB7E2');
INSERT INTO "readings" VALUES(10,3,'pdq',4,0,0,90,X'7BD7DF1A31049CD71AE13CD2097A04EFAD83AA634963236227CEC39EEF3A2588');
INSERT INTO "readings" VALUES(10,4,'pdq',5,0,0,90,X'DCC1E3CC830C461DC675BD873D1103B0003007B91F66F777130FED278B608E83');
INSERT INTO "readings" VALUES(10,5,'pdq',6,0,0,90,X'46D63F68AEC2021EAB71C90F74987B283AE232F94F141568D654C63E932A463D');
INSERT INTO "readings" VALUES(10,6,'pdq',7,0,0,90,X'0696624AD56E189B13AE72A19E0897172E3C16BE15B8B5910FF146F8DBA09617');
INSERT INTO "readings" VALUES(10,7,'pdq',8,0,0,90,X'7B13AC13A99E4BB1BBBCC536064BD39B77AD474229166ADC9640F825FAD9F55C');
CREATE TABLE region_sets (
        id INTEGER PRIMARY KEY,
        picture_id INTEGER NOT NULL UNIQUE REFERENCES pictures
    ) STRICT
    ;
INSERT INTO "region_sets" VALUES(1,1);
INSERT INTO "region_sets" VALUES(2,2);
INSERT INTO "region_sets" VALUES(3,3);
INSERT INTO "region_sets" VALUES(4,4);
CREATE TABLE regions (
        region_set_id INTEGER NOT NULL REFERENCES region_sets,
        position INTEGER NOT NULL,
        tier TEXT NOT NULL CHECK (tier = 'regions'),
        frame INTEGER NOT NULL CHECK (frame >= 0),
        quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 100),
        outline TEXT NOT NULL,
        plan TEXT NOT NULL CHECK (plan = 'turns'),
        codes BLOB NOT NULL CHECK (length(codes) = 256),
        PRIMARY KEY (region_set_id, position)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "regions" VALUES(1,0,'regions',0,80,'[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','turns',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
INSERT INTO "regions" VALUES(1,1,'regions',2,51,'[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','turns',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
INSERT INTO "regions" VALUES(2,0,'regions',0,80,'[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','turns',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
INSERT INTO "regions" VALUES(2,1,'regions',2,51,'[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','turns',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
INSERT INTO "regions" VALUES(3,0,'regions',0,80,'[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','turns',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
INSERT INTO "regions" VALUES(3,1,'regions',2,51,'[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','turns',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
INSERT INTO "regions" VALUES(4,0,'regions',0,80,'[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','turns',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
INSERT INTO "regions" VALUES(4,1,'regions',2,51,'[[1.0,2.0],[90.0,2.0],[90.0,80.5],[1.0,80.5]]','turns',X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
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
INSERT INTO "runs" VALUES(1,1,'2026-11-30T08:00:02.000+00:00','2026-11-30T08:00:05.000+00:00','interrupted','0.2.0','{"pillow":"11.3"}','hashmatch scan /evidence/7','lab-1','{"false_matches":1.0,"farthest":46,"flat_cards":{"pdq":20},"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"source":"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py","thresholds":{"dhash-256":46,"dhash-64":5,"pdq":31,"phash-256":80,"phash-64":8},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0,"threshold":31}}',NULL,12);
INSERT INTO "runs" VALUES(2,1,'2026-11-30T08:00:07.000+00:00','2026-11-30T08:00:10.000+00:00','done','0.2.0','{"pillow":"11.3"}','hashmatch scan /evidence/7','lab-1','{"false_matches":1.0,"farthest":46,"flat_cards":{"pdq":20},"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"source":"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py","thresholds":{"dhash-256":46,"dhash-64":5,"pdq":31,"phash-256":80,"phash-64":8},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0,"threshold":31}}',1,12);
INSERT INTO "runs" VALUES(3,2,'2026-11-30T08:00:11.000+00:00','2026-11-30T08:00:13.000+00:00','interrupted','0.2.0','{"pillow":"11.3"}','hashmatch scan /evidence/7','lab-1','{"false_matches":1.0,"farthest":46,"flat_cards":{"pdq":20},"minimum_fraction":0.95,"minimum_quality":50,"name":"default","probable":{"ahash-64":0,"whash-64":0},"probable_fraction":0.5,"probable_quality":90,"qualities":{},"source":"pdq: Meta, ''The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm'' (2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py","thresholds":{"dhash-256":46,"dhash-64":5,"pdq":31,"phash-256":80,"phash-64":8},"video":{"common":24,"common_pictures":3,"copy_coverage":0.5,"many":50000000,"minimum_quality":20,"orientations":[1,2,3,4,5,6,7,8],"probable_frames":2,"probable_pictures":2,"probable_score":1.5,"same_picture":40,"seed":40,"seed_of_many":35,"source":"benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos","steps":{"decay":0.7,"drift":0.15,"fastest":2.0,"gap":8.0,"lapse":0.02,"pair":64,"slack":0.6,"slowest":0.5},"strong_distance":40.0,"strong_frames":3,"strong_pictures":3,"strong_span":2.0,"threshold":31}}',NULL,NULL);
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
INSERT INTO "segments" VALUES(4,0,1.5,31.25,2.0,31.75,'strong',30,25,11.3,1.02,0.2,0.9,2,'content');
INSERT INTO "segments" VALUES(4,1,0.0,0.0,4.0,33.75,'still',30,25,11.3,NULL,0.2,0.9,2,'content');
INSERT INTO "segments" VALUES(5,0,1.5,31.25,2.0,31.75,'strong',30,25,11.3,1.02,0.2,0.9,2,'content');
INSERT INTO "segments" VALUES(5,1,0.0,0.0,4.0,33.75,'still',30,25,11.3,NULL,0.2,0.9,2,'content');
CREATE TABLE sighted (
        id INTEGER PRIMARY KEY,
        sighting_id INTEGER NOT NULL UNIQUE REFERENCES sightings,
        entry_id INTEGER NOT NULL REFERENCES entries,
        hash TEXT NOT NULL
    ) STRICT
    ;
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
INSERT INTO "sightings" VALUES(1,6,1,'2026-11-30T08:00:04.000+00:00','vic','abababababababababababababababababababababababababababababababab','entry-5',5,'VIC_US','1','perceptual','pdq',5,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(2,6,1,'2026-11-30T08:00:04.000+00:00','vic','abababababababababababababababababababababababababababababababab','entry-5',5,'VIC_US','1','perceptual','pdq',31,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(3,8,2,'2026-11-30T08:00:09.000+00:00','vic','abababababababababababababababababababababababababababababababab','entry-1',1,'VIC_US','1','perceptual','pdq',1,31,'match',1,0,'composited',0,'fast',90,'',NULL,1,0,0);
INSERT INTO "sightings" VALUES(4,9,2,'2026-11-30T08:00:09.000+00:00','vic','abababababababababababababababababababababababababababababababab','entry-8',8,'VIC_US','1','video','pdq',8,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
INSERT INTO "sightings" VALUES(5,13,2,'2026-11-30T08:00:09.000+00:00','vic','abababababababababababababababababababababababababababababababab','entry-1',1,'VIC_US','1','video','pdq',1,31,'match',1,0,'composited',0,'fast',90,'',NULL,0,0,0);
CREATE TABLE sources (
        id INTEGER PRIMARY KEY,
        case_id INTEGER NOT NULL REFERENCES cases,
        label TEXT NOT NULL,
        UNIQUE (case_id, label)
    ) STRICT
    ;
INSERT INTO "sources" VALUES(1,1,'exhibit 7');
INSERT INTO "sources" VALUES(2,1,'return 1');
CREATE TABLE statements (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        author TEXT NOT NULL CHECK (author <> ''),
        topic TEXT NOT NULL CHECK (topic IN ('exhibit', 'case', 'handling', 'link', 'exclusion')),
        case_id INTEGER REFERENCES cases,
        source_id INTEGER REFERENCES sources,
        subject TEXT NOT NULL,
        field TEXT NOT NULL CHECK (field <> ''),
        value TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('stated', 'withdrawn')),
        reason TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "statements" VALUES(1,'2026-11-30T08:00:17.000+00:00','A. Meier','exhibit',1,1,'','kind','phone','stated','seen');
INSERT INTO "statements" VALUES(2,'2026-11-30T08:00:17.000+00:00','A. Meier','exhibit',1,1,'','imei','49015420323751','stated','seen');
INSERT INTO "statements" VALUES(3,'2026-11-30T08:00:18.000+00:00','A. Meier','case',1,NULL,'','access','pointer','stated','');
INSERT INTO "statements" VALUES(4,'2026-11-30T08:00:18.000+00:00','A. Meier','case',1,NULL,'','contact','A. Meier','stated','');
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
CREATE TABLE videos (
        id INTEGER PRIMARY KEY,
        picture_id INTEGER NOT NULL UNIQUE REFERENCES pictures,
        sampling TEXT NOT NULL,
        duration REAL NOT NULL CHECK (duration >= 0),
        codec TEXT NOT NULL,
        damaged INTEGER NOT NULL CHECK (damaged >= 0)
    ) STRICT
    ;
INSERT INTO "videos" VALUES(1,7,'query',1.20119999999999986788e+01,'h264',2);
INSERT INTO "videos" VALUES(2,9,'query',1.20119999999999986788e+01,'h264',2);
CREATE TABLE viewings (
        id INTEGER PRIMARY KEY,
        sighting_id INTEGER NOT NULL REFERENCES sightings,
        at TEXT NOT NULL,
        viewer TEXT NOT NULL CHECK (viewer <> ''),
        reason TEXT NOT NULL CHECK (reason <> '')
    ) STRICT
    ;
INSERT INTO "viewings" VALUES(1,3,'2026-11-30T08:00:15.000+00:00','A. Meier','identification');
INSERT INTO "viewings" VALUES(2,3,'2026-11-30T08:00:16.000+00:00','B. Huber','second opinion');
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
CREATE INDEX erased_by_source ON erased (source_id, kind);
CREATE INDEX statements_by_subject ON statements (topic, subject);
CREATE INDEX statements_by_source ON statements (source_id);
CREATE INDEX imports_by_sha256 ON imports (sha256, case_id);
CREATE INDEX events_by_import ON events (import_id);
CREATE INDEX events_by_sha256 ON events (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX events_by_md5 ON events (md5) WHERE md5 IS NOT NULL;
CREATE INDEX event_values_by_value ON event_values (value, kind, service);
CREATE INDEX metadata_numbers ON metadata_fields (name, value)
        WHERE name IN ('body-serial', 'lens-serial', 'unique-id')
    ;
CREATE INDEX metadata_by_content ON metadata (content_id);
CREATE INDEX members_by_picture ON cluster_members (picture_id);
CREATE INDEX members_by_cluster ON cluster_members (cluster_id);
CREATE INDEX contents_by_md5 ON contents (md5) WHERE md5 IS NOT NULL;
CREATE INDEX entries_of_flat_cards ON entries (list, entry)
        WHERE instr(details, '"flat-card":true') > 0
    ;
CREATE INDEX sightings_by_entry
        ON sightings (entry, list, run_id, known_good, suppressed, item_id)
    ;
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements BEGIN SELECT RAISE(ABORT, 'what was recorded in statements stays'); END;
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements BEGIN SELECT RAISE(ABORT, 'what was recorded in statements stays'); END;
CREATE TRIGGER imports_no_update BEFORE UPDATE ON imports BEGIN SELECT RAISE(ABORT, 'what was recorded in imports stays'); END;
CREATE TRIGGER imports_no_delete BEFORE DELETE ON imports BEGIN SELECT RAISE(ABORT, 'what was recorded in imports stays'); END;
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'what was recorded in events stays'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'what was recorded in events stays'); END;
CREATE TRIGGER event_values_no_update BEFORE UPDATE ON event_values BEGIN SELECT RAISE(ABORT, 'what was recorded in event_values stays'); END;
CREATE TRIGGER event_values_no_delete BEFORE DELETE ON event_values BEGIN SELECT RAISE(ABORT, 'what was recorded in event_values stays'); END;
CREATE TRIGGER quarantined_rows_no_update BEFORE UPDATE ON quarantined_rows BEGIN SELECT RAISE(ABORT, 'what was recorded in quarantined_rows stays'); END;
CREATE TRIGGER quarantined_rows_no_delete BEFORE DELETE ON quarantined_rows BEGIN SELECT RAISE(ABORT, 'what was recorded in quarantined_rows stays'); END;
CREATE TRIGGER metadata_no_update BEFORE UPDATE ON metadata BEGIN SELECT RAISE(ABORT, 'what was recorded in metadata stays'); END;
CREATE TRIGGER metadata_no_delete BEFORE DELETE ON metadata BEGIN SELECT RAISE(ABORT, 'what was recorded in metadata stays'); END;
CREATE TRIGGER metadata_fields_no_update BEFORE UPDATE ON metadata_fields BEGIN SELECT RAISE(ABORT, 'what was recorded in metadata_fields stays'); END;
CREATE TRIGGER metadata_fields_no_delete BEFORE DELETE ON metadata_fields BEGIN SELECT RAISE(ABORT, 'what was recorded in metadata_fields stays'); END;
CREATE TRIGGER cluster_members_no_update BEFORE UPDATE ON cluster_members BEGIN SELECT RAISE(ABORT, 'what was recorded in cluster_members stays'); END;
CREATE TRIGGER cluster_members_no_delete BEFORE DELETE ON cluster_members BEGIN SELECT RAISE(ABORT, 'what was recorded in cluster_members stays'); END;
CREATE TRIGGER erasures_no_update BEFORE UPDATE ON erasures BEGIN SELECT RAISE(ABORT, 'what was recorded in erasures stays'); END;
CREATE TRIGGER erasures_no_delete BEFORE DELETE ON erasures BEGIN SELECT RAISE(ABORT, 'what was recorded in erasures stays'); END;
CREATE TRIGGER erased_no_update BEFORE UPDATE ON erased BEGIN SELECT RAISE(ABORT, 'what was recorded in erased stays'); END;
CREATE TRIGGER erased_no_delete BEFORE DELETE ON erased BEGIN SELECT RAISE(ABORT, 'what was recorded in erased stays'); END;
CREATE TRIGGER region_sets_no_update BEFORE UPDATE ON region_sets BEGIN SELECT RAISE(ABORT, 'what was recorded in region_sets stays'); END;
CREATE TRIGGER region_sets_no_delete BEFORE DELETE ON region_sets BEGIN SELECT RAISE(ABORT, 'what was recorded in region_sets stays'); END;
CREATE TRIGGER regions_no_update BEFORE UPDATE ON regions BEGIN SELECT RAISE(ABORT, 'what was recorded in regions stays'); END;
CREATE TRIGGER regions_no_delete BEFORE DELETE ON regions BEGIN SELECT RAISE(ABORT, 'what was recorded in regions stays'); END;
CREATE TRIGGER matched_parts_no_update BEFORE UPDATE ON matched_parts BEGIN SELECT RAISE(ABORT, 'what was recorded in matched_parts stays'); END;
CREATE TRIGGER matched_parts_no_delete BEFORE DELETE ON matched_parts BEGIN SELECT RAISE(ABORT, 'what was recorded in matched_parts stays'); END;
CREATE INDEX origin_audit_by_sha256 ON origin_audit (sha256);
CREATE INDEX merged_rows_by_number ON merged_rows (kind, number);
CREATE TRIGGER origins_no_update BEFORE UPDATE ON origins BEGIN SELECT RAISE(ABORT, 'what was recorded in origins stays'); END;
CREATE TRIGGER origins_no_delete BEFORE DELETE ON origins BEGIN SELECT RAISE(ABORT, 'what was recorded in origins stays'); END;
CREATE TRIGGER merges_no_update BEFORE UPDATE ON merges BEGIN SELECT RAISE(ABORT, 'what was recorded in merges stays'); END;
CREATE TRIGGER merges_no_delete BEFORE DELETE ON merges BEGIN SELECT RAISE(ABORT, 'what was recorded in merges stays'); END;
CREATE TRIGGER merged_rows_no_update BEFORE UPDATE ON merged_rows BEGIN SELECT RAISE(ABORT, 'what was recorded in merged_rows stays'); END;
CREATE TRIGGER merged_rows_no_delete BEFORE DELETE ON merged_rows BEGIN SELECT RAISE(ABORT, 'what was recorded in merged_rows stays'); END;
CREATE TRIGGER origin_audit_no_update BEFORE UPDATE ON origin_audit BEGIN SELECT RAISE(ABORT, 'what was recorded in origin_audit stays'); END;
CREATE TRIGGER origin_audit_no_delete BEFORE DELETE ON origin_audit BEGIN SELECT RAISE(ABORT, 'what was recorded in origin_audit stays'); END;
COMMIT;
PRAGMA application_id = 1213035364;
PRAGMA user_version = 9;
