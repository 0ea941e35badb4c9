"""A valid file of every text, CSV, XML and SQLite format of hash lists, made by hand or by code.

All values are invented: digits that count up. `SEEDS` maps `format/variant` to the bytes of a
file, where the format is the name that the registry knows it by.
"""

import sqlite3
from contextlib import closing

MD5, MD5_B = "0123456789abcdef" * 2, "00112233445566778899aabbccddeeff"
SHA1, SHA1_B = "0123456789" * 4, "abcdef0123" * 4
SHA256 = "89abcdef" * 8
PDQ, PDQ_B = "f8" * 32, "0f1e2d3c4b5a6978" * 4
PHOTODNA = "0a1b2c" * 48
PHOTODNA_BASE64 = "AQIDBAUGBwgJ" * 16
PHASH = "8f0f0f0f0f0f0f0f"

NCMEC_START = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">'
)
ICSE_HEADER = (
    "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;"
    "Series name;Number of submissions;File Available;Media Type;Baseline"
)
NSRL_HEADER = (
    '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"'
)


def _ncmec() -> bytes:
    images = f"""
  <images count="3" maxTimestamp="2024-03-01T10:00:00Z">
    <image>
      <member id="42">Example &amp; Member</member>
      <timestamp>2024-03-01T09:00:00Z</timestamp>
      <id>image1</id>
      <classification>A1</classification>
      <fingerprints>
        <md5>{MD5.upper()}</md5><sha1>{SHA1}</sha1><pdna>{PHOTODNA}</pdna><pdq>{PDQ}</pdq>
        <videntifier rel="file" href="/v2/entries/42/image1/VIDENTIFIER"/>
      </fingerprints>
      <feedback lastUpdateTimestamp="2024-03-01T09:30:00Z">
        <negativeFeedback type="MD5">
          <members><member id="43">Another</member></members>
          <reasons><reason guid="g-1" name="not a match" type="MD5"/></reasons>
        </negativeFeedback>
      </feedback>
    </image>
    <image>
      <member id="42">Example &amp; Member</member><id>image2</id>
      <fingerprints><md5>{MD5_B}</md5></fingerprints>
    </image>
    <deletedImage>
      <member id="42">Example &amp; Member</member><id>image2</id>
      <timestamp>2024-03-01T10:00:00Z</timestamp>
    </deletedImage>
  </images>"""
    videos = f"""
  <videos count="1" maxTimestamp="2024-03-01T11:00:00Z">
    <video>
      <member id="101">Third</member><timestamp>2024-03-01T11:00:00Z</timestamp>
      <id>video1</id><classification>B2</classification>
      <fingerprints><md5>{MD5}</md5><tmk-pdqf rel="file" href="/v2/x"/></fingerprints>
    </video>
  </videos>
  <paging><next>/v2/entries?from=1&amp;start=1001</next></paging>
</queryResult>
"""
    return (NCMEC_START + images + videos).encode()


def nsrl_database(*, view: bool = False) -> bytes:
    """An RDSv3 file as SQLite writes it, in memory; in full releases `FILE` is a view."""
    with closing(sqlite3.connect(":memory:")) as database:
        name = "METADATA" if view else "FILE"
        database.executescript(
            f"CREATE TABLE {name} (sha256 TEXT, sha1 TEXT, md5 TEXT, file_name TEXT, "
            "file_size INTEGER, package_id INTEGER);"
            "CREATE TABLE PKG (package_id INTEGER, name TEXT, version TEXT);"
            "CREATE TABLE VERSION (version TEXT, release_date TEXT);"
        )
        rows = [
            (SHA256.upper(), SHA1.upper(), MD5.upper(), "notepad.exe", 100, 7),
            (SHA256.upper(), SHA1.upper(), MD5.upper(), "copy.exe", 100, 8),
            (None, SHA1_B.upper(), MD5_B.upper(), "calc.exe", 200, 7),
        ]
        database.executemany(f"INSERT INTO {name} VALUES (?,?,?,?,?,?)", rows)  # noqa: S608
        database.execute("INSERT INTO PKG VALUES (7, 'Example OS', '1.0')")
        database.execute("INSERT INTO VERSION VALUES ('2024.03.1', '2024-03-01')")
        if view:
            database.execute("CREATE VIEW FILE AS SELECT upper(md5) AS md5, sha1 FROM METADATA")
        database.commit()
        return database.serialize()


def _lines(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


SEEDS: dict[str, bytes] = {
    "csv/comma": _lines(
        "id,MD5,PDQ,Category,Scheme,Quality,Known good,Notes",
        f'x1,{MD5.upper()},{PDQ},1,VIC_US,88,no,"seen twice, once\nin a cinema"',
        f"x2,,{PDQ_B},2,VIC_US,,,",
        f"x3,{MD5_B},,0,VIC_US,,true,a cat",
    ),
    "csv/semicolon-bom": b"\xef\xbb\xbf"
    + f"sha-256;PhotoDNA;phash-64\r\n{SHA256};{PHOTODNA_BASE64};{PHASH}\r\n".encode(),
    "csv/tab-utf16": f"sha1\tcat\n{SHA1}\tgrün\n{SHA1_B}\t\n".encode("utf-16"),
    "csv/values": _lines(
        "# exported by hand",
        "sep=|",
        "entry|hash|details",
        f'7|pdq:{PDQ}@50@1.5 pdq:{PDQ_B}@60@2 md5:{MD5}|"{{""a"": [1, null]}}"',
        f"8|{SHA256}|free text",
    ),
    "plain/pdq": _lines(*(f"{n:02x}" * 32 for n in range(200))),
    "plain/mixed": _lines(
        "# ours", "", MD5, SHA1_B.upper(), f"pdq:{PDQ}", f"SHA256:{SHA256}", f"{MD5_B}  # why"
    ),
    "icse/export": _lines(
        ICSE_HEADER,
        f"{MD5.upper()};{SHA1.upper()};{PHOTODNA.upper()};1001;True;False;False;A;3;True;Image;True",
        f"{MD5_B};;{PHOTODNA_BASE64};1002;False;;False;;1;False;Image;False",
    ),
    "threatexchange/csv": _lines(
        "signal_type,signal_str,collab,category,tags",
        f"pdq,{PDQ},Sample Signals,INVESTIGATION_SEED,media_priority_samples abc",
        f"video_md5,{MD5},Sample Signals,NEGATIVE_CLASS,",
        f"pdq,{PDQ_B},Other,DISPUTED,",
        f'vpdq,"[""{PDQ},100,0.0"", ""{PDQ_B},90,1.23e+02""]",Other,POSITIVE_CLASS,',
        "raw_text,bball now?,Sample Signals,INVESTIGATION_SEED,",
    ),
    "threatexchange/plain": _lines(
        f"pdq {PDQ} 'Sample Signals' INVESTIGATION_SEED media_priority_samples,abc",
        f'video_md5 {MD5} "Bob\'s" NEGATIVE_CLASS ',
        f"'Old order' pdq {PDQ_B} DISPUTED",
    ),
    "threatexchange/signals": _lines(f"pdq {PDQ}", f"video_md5 {MD5}", f"pdq {PDQ_B}"),
    "threatexchange/legacy": _lines(
        f"{PDQ},1234567890,2020-07-01T18:31:15+0000,media_priority_s0 true_positive",
        f"{PDQ_B},1234567891,mine,false_positive",
    ),
    "vpdq/frames": _lines(
        *(f"{30 * n},{90 - n},{n:02x}{PDQ[2:]},{n}.000" for n in range(20)),
        f"0,100,{PDQ_B},0.000",
    ),
    "vpdq/old": _lines(f"0,100,{PDQ}", f"30,99,{PDQ_B}"),
    "vpdq/command-line": _lines(f"{PDQ},100,0.0", f"{PDQ_B},99,1.23e+02"),
    "ncmec/entries": _ncmec(),
    "nsrl/table": nsrl_database(),
    "nsrl/view": nsrl_database(view=True),
    "nsrl-text/file": _lines(
        NSRL_HEADER,
        f'"{SHA1.upper()}","{MD5.upper()}","EBD105A0","I05002T2.PFB",98865,3095,"WIN",""',
        f'"{SHA1_B.upper()}","{MD5_B.upper()}","AA6A7B16","a,b.gif",2226,228,"WIN",""',
    ),
    "hashdeep/audit": _lines(
        "%%%% HASHDEEP-1.0",
        "%%%% size,md5,sha256,filename",
        "## Invoked from: /evidence",
        "## $ hashdeep -r .",
        "## ",
        f"1067,{MD5},{SHA256},/evidence/a, with comma.jpg",
        f"2,{MD5_B},{SHA256},/evidence/b.jpg",
    ),
    "sums/md5sum": _lines(
        f"{MD5}  a picture.jpg", f"{MD5_B} *b.jpg", f"\\{MD5}  new\\nline\\\\.jpg"
    ),
    "sums/sha256sum": _lines(f"{SHA256}  a.jpg", f"{SHA256} *b.jpg"),
    "sums/bsd": _lines(
        f"MD5 (a (1).jpg) = {MD5}", f"SHA1 (b.jpg) = {SHA1}", f"SHA2-256(c.jpg)= {SHA256}"
    ),
}
