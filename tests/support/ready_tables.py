"""One row of every table that a ready map is for, with the headers that the tools write.

Headers are those of iLEAPP, ALEAPP, RLEAPP and GLEAPP as of September 2026, of Zeek 7, Squid 6 and
Cellebrite's reports; the rows are made up.
"""

from dataclasses import dataclass

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
JID = "4915112345678@s.whatsapp.net"


@dataclass(frozen=True)
class Example:
    """A table of one row, and what it tells: kind, role, both sides, name of the item, instant."""

    header: str
    row: str
    told: tuple[str, str, str, str, str, str]
    format: str = ""

    @property
    def data(self) -> bytes:
        if not self.header:
            return f"{self.row}\n".encode()
        return f"{self.header}\n{self.row}\n".replace("|", "\t").encode()


TIME, AT = "2026-03-01 10:00:00+00:00", "2026-03-01T10:00:00+00:00"


def sent(who: str, to: str, name: str, at: str = AT) -> tuple[str, str, str, str, str, str]:
    return "sending", "uploader", who, to, name, at


LEAPP = {
    "ileapp-whatsapp-messages": Example(
        "Timestamp|Direction|Sender Name|Chat Name|Message|Attachment File|From ID|Receiver|To ID|"
        "Thumb|Starred?|Latitude|Longitude|Chat ID",
        f"{TIME}|Outgoing|Local User|Jo|look|a.jpg||Jo|{JID}||||||",
        sent("", "phone:+4915112345678", "a.jpg"),
    ),
    "ileapp-messages": Example(
        "Message Timestamp|Read Timestamp|Delivered Timestamp|Attachment Timestamp|From Me|"
        "Chat Contact ID|Message|Attachment File|Service|Message Direction|Message Sent|"
        "Message Delivered|Message Read|Account|Account Login|Attachment Name|Message GUID|Chat ID",
        f"{TIME}||||0|jo@example.net|look||iMessage|Incoming||||||a.heic|G1|7",
        sent("email:jo@example.net", "", "a.heic"),
    ),
    "ileapp-calls": Example(
        "Starting Timestamp|Ending Timestamp|Service Provider|Call Type|Call Direction|"
        "Phone Number|Answered|Call Duration",
        f"{TIME}|{TIME}|com.apple|Phone Call|Incoming|+12025550100|Yes|00:00:10",
        ("other", "unknown", "", "phone:+12025550100", "", AT),
    ),
    "ileapp-telegram-messages": Example(
        "Timestamp|Forward Timestamp|Direction|Author|Chat|Text|Thumbnail|Chat ID|Thread ID|"
        "Author ID|Action Data|Forward From",
        f"{TIME}||Incoming|Jo|Jo|look||9|9|4711||",
        sent("account:telegram/4711", "", ""),
    ),
    "ileapp-kik-messages": Example(
        "Timestamp|Received Time|Type|Display Name|Message|Attachment|User|User Name|"
        "Attachment Name",
        f"{TIME}|{TIME}|Sent|Jo|look||3|jojo|abc-def",
        sent("", "account:kik/jojo", "abc-def"),
    ),
    "ileapp-discord-messages": Example(
        "Timestamp|Edited Timestamp|Call Ended|Direction|Sender|Channel ID|Content|Attachment|"
        "Username|Global Name|Bot?|Attachment Filename|Attachment Link|User ID|Account ID|"
        "Message Type|Message ID",
        f"{TIME}|||Incoming|jojo|5|look||jojo|Jo|False|a.png|https://x|77|1|0|6",
        sent("account:discord/77 screen-name:discord/jojo", "", "a.png"),
    ),
    "ileapp-facebook-messenger": Example(
        "Timestamp|Message Direction|Sender Name|Message|Sender ID|Attachment|Attachment Name|"
        "Attachment Size|Title Text|Subtitle Text|Thread ID",
        f"{TIME}|Received|Jo|look|100|Yes|a.jpg|9|||5",
        sent("account:facebook/100 screen-name:facebook/Jo", "", "a.jpg"),
    ),
    "ileapp-signal-messages": Example(
        "Timestamp|Received Timestamp|Server Timestamp|Direction|Author|Conversation With|Message|"
        "Attachments|Attachment Count|Read|Thread ID",
        f"{TIME}|||Incoming|+12025550100|+12025550100|look|a.jpg|1|Yes|3",
        sent("phone:+12025550100", "", "a.jpg"),
    ),
    "ileapp-instagram-messages": Example(
        "Timestamp|DM Reaction Server Timestamp|Shared Media URL Expiration Date|"
        "Viewer ID equals Sender PK|Username|Message|Sender ID|Thread ID|Shared Media ID",
        f"{TIME}||||jojo|look|55|6|m1",
        sent("account:instagram/55 screen-name:instagram/jojo", "", "m1"),
    ),
    "ileapp-safari-downloads": Example(
        "Date Added|URL|Path|Bytes So Far|Total Bytes|Identifier",
        f"{TIME}|https://x/a.jpg|/var/a.jpg|1|1|I",
        ("download", "holder", "", "", "/var/a.jpg", AT),
    ),
    "aleapp-whatsapp-messages": Example(
        "Message Timestamp|Received Timestamp|Final Location Timestamp|Message Direction|"
        "Other Participant WA User Name|Message|Media|Sending Party JID|Message Type|"
        "Local Path To Media|Media File Size",
        f"{TIME}|||Incoming|Jo|look||{JID}|Image|Media/IMG-20260301-WA0000.jpg|9",
        sent("phone:+4915112345678", "", "Media/IMG-20260301-WA0000.jpg"),
    ),
    "aleapp-sms": Example(
        "Date|Date Sent|Type|Address|Body|MSG ID|Thread ID|Contact ID|Read|Service Center",
        f"{TIME}||Received|+12025550100|look|1|2||1|",
        sent("phone:+12025550100", "", ""),
    ),
    "aleapp-mms": Example(
        "Date|Date Sent|Direction|From Address|Body|Media|MSG ID|Thread ID|Read|To Address|Cc|Bcc",
        f"{TIME}||Sent|insert-address-token||a.jpg|1|2|1|+12025550100,+12025550101||",
        sent("", "phone:+12025550100 phone:+12025550101", "a.jpg"),
    ),
    "aleapp-calls": Example(
        "Call Date|Phone Account Address|Partner|Type|Duration in Secs|Partner Location|Deleted",
        f"{TIME}|+12025550199|+12025550100|Incoming|3||0",
        ("other", "unknown", "phone:+12025550199", "phone:+12025550100", "", AT),
    ),
    "aleapp-telegram-messages": Example(
        "Timestamp|Dialog ID|Chat|Direction|Sender ID|Sender|Message|Recorded Media Path|"
        "Media File|Read State|Message ID",
        f"{TIME}|9|Jo|Incoming|4711|Jo|look|/a.jpg||Read|5",
        sent("account:telegram/4711 screen-name:telegram/Jo", "", "/a.jpg"),
    ),
    "aleapp-snapchat-messages": Example(
        "Creation Timestamp|Seen Timestamp|Sender ID|Sender Username|Sender Display Name|"
        "Message Type|Text",
        f"{TIME}||1|jojo|Jo|snap|",
        sent("account:snapchat/jojo screen-name:snapchat/Jo", "", ""),
    ),
    "aleapp-kik-messages": Example(
        "Timestamp|Direction|Sender|Body|Attachment|Partner JID|Partner Display Name|"
        "Attachment File Name|Attachment File Size|Chat ID",
        f"{TIME}|Incoming|Jo|look||jojo_abc@talk.kik.com|Jo|a.jpg|9|c",
        sent("account:kik/jojo_abc screen-name:kik/Jo", "", "a.jpg"),
    ),
    "aleapp-signal-messages": Example(
        "Date Sent|Date Received|Thread ID|Direction|Status|Sender|Sender Phone Number|Recipient|"
        "Recipient Phone Number|Message|Attachments|Attachment Count",
        f"{TIME}||1|Incoming||Jo|+12025550100|Me|+12025550199|look|a.jpg|1",
        sent("phone:+12025550100", "phone:+12025550199", "a.jpg"),
    ),
    "aleapp-facebook-messenger": Example(
        "Message Timestamp|Reaction Timestamp|Direction|Sender|Message|Sender ID|Thread Key|"
        "Snippet|Attachment Name|Attachment Type|Message ID",
        f"{TIME}||Incoming|Jo|look|100|5||a.jpg|image|m",
        sent("account:facebook/100 screen-name:facebook/Jo", "", "a.jpg"),
    ),
    "aleapp-discord-messages": Example(
        "Timestamp|Edited Timestamp|Direction|Username|Content|Channel ID|ID|Attachment Filename|"
        "Attachment URL|Sender ID|Account ID",
        f"{TIME}||Incoming|jojo|look|5|6|a.png|https://x|77|1",
        sent("account:discord/77 screen-name:discord/jojo", "", "a.png"),
    ),
    "aleapp-downloads": Example(
        "Last Modified Timestamp|Title|Description|Provider URI|Save Location|Mime Type",
        f"{TIME}|a||https://x|/sd/a.jpg|image/jpeg",
        ("download", "holder", "", "", "/sd/a.jpg", AT),
    ),
    "leapp-chrome-downloads": Example(
        "Start Time|End Time|Last Access Time|Tab URL|Target Path|State|Danger Type|Opened?",
        f"{TIME}|{TIME}||https://x|/sd/a.zip|Complete||Yes",
        ("download", "holder", "", "", "/sd/a.zip", AT),
    ),
    "rleapp-kik-messages": Example(
        "Timestamp|Sender ID|Receiver ID|Message|IP|Port|Message ID",
        f"{TIME}|jojo|me|look|203.0.113.9|4000|m",
        sent("account:kik/jojo ip:203.0.113.9", "account:kik/me", ""),
    ),
    "rleapp-kik-binds": Example(
        "Timestamp|Sender ID|IP|Port|Device",
        f"{TIME}|jojo|203.0.113.9|4000|iPhone",
        ("login", "holder", "account:kik/jojo ip:203.0.113.9", "", "", AT),
    ),
    "rleapp-meta-addresses": Example(
        "Timestamp|IP|Action",
        f"{TIME}|2001:db8::1|Login",
        ("login", "holder", "ip:2001:db8::1", "", "", AT),
    ),
    "rleapp-discord-messages": Example(
        "Timestamp|Username|Contents|Media|ID|Channel ID|Author ID",
        f"{TIME}|jojo|look|a.png|6|5|77",
        sent("account:discord/77 screen-name:discord/jojo", "", "a.png"),
    ),
    "rleapp-instagram-logins": Example(
        "Timestamp|Title|IP Address|User Agent|Language Code|Cookie Name",
        f"{TIME}|x|203.0.113.9|UA|en|c",
        ("login", "holder", "ip:203.0.113.9", "", "", AT),
    ),
    "rleapp-takeout-access-log": Example(
        "Timestamp|IP Address|Proxied Host IP Address|Is Non-routable IP Address|"
        "Activity Country|User Agent String|Product Name|Activity Type|GAIA ID",
        f"{TIME}|203.0.113.9|||US|UA|Gmail|Login|99",
        ("login", "holder", "account:google/99 ip:203.0.113.9", "", "", AT),
    ),
}

CELLEBRITE = (
    "#|Chat #|Identifier|Participants|Source|Instant Message #|From|To|Body|Timestamp: Date|"
    "Timestamp: Time|Attachment #1"
)
CHAT = f"1|1|c1|Jo|WhatsApp|1|{JID} Jo|+12025550100 Me (owner)|look|01/03/2026|"

OTHERS = {
    "takeout-access-log": Example(
        "Gaia ID|Activity Timestamp|IP Address|Product Name|Sub-Product Name|Activity Type",
        "99|2026-03-01 10:00:00 UTC|203.0.113.9|Gmail||Login",
        ("login", "holder", "account:google/99 ip:203.0.113.9", "", "", AT),
    ),
    "instagram-logins": Example(
        "",
        '{"account_history_login_history": [{"title": "x", "string_map_data": {"IP Address":'
        ' {"value": "203.0.113.9"}, "Time": {"timestamp": 1772359200}}}]}',
        ("login", "holder", "ip:203.0.113.9", "", "", AT),
    ),
    "gleapp-files": Example(
        "id,file_path,disk_name,source,kind,size,created_dt,ctime,mtime,atime,md5,sha1,sha256,"
        "phash,category,category_label",
        f"1,DCIM/a.jpg,a.jpg,phone,image,9,,,2026-03-01 10:00 UTC,,{MD5},,,,1,CAM",
        ("stored", "holder", "", "", "DCIM/a.jpg", AT),
    ),
    "gleapp-files-json": Example(
        "",
        '{"case": "1", "files": [{"file_path": "DCIM/a.jpg", "disk_name": "a.jpg", "sha1": "",'
        f' "sha256": "", "category_label": "CAM", "mtime": 1772359200.0, "md5": "{MD5}"}}]}}',
        ("stored", "holder", "", "", "DCIM/a.jpg", AT),
    ),
    "cellebrite-chats-dmy": Example(
        CELLEBRITE,
        f"{CHAT}01/03/2026 11:00:00(UTC+1)|a.jpg",
        sent("phone:+4915112345678", "phone:+12025550100", "a.jpg"),
        "cellebrite-chats-dmy",
    ),
    "cellebrite-chats-mdy": Example(
        CELLEBRITE,
        f"{CHAT}03/01/2026 11:00:00(UTC+1)|a.jpg",
        sent("phone:+4915112345678", "phone:+12025550100", "a.jpg"),
        "cellebrite-chats-mdy",
    ),
    "zeek-files": Example(
        "#separator \\x09\n#path|files\n#fields|ts|fuid|uid|id.orig_h|id.orig_p|id.resp_h|"
        "id.resp_p|source|mime_type|filename|is_orig|md5|sha1|sha256\n#types|time|string",
        "1772359200.000000|F1|C1|203.0.113.9|5000|198.51.100.7|80|HTTP|image/jpeg|a.jpg|T|"
        f"{MD5}|-|-\n#close|x",
        ("upload", "uploader", "ip:203.0.113.9", "ip:198.51.100.7", "a.jpg", AT),
    ),
    "zeek-files-before-5.1": Example(
        "#separator \\x09\n#fields|ts|fuid|tx_hosts|rx_hosts|conn_uids|source|mime_type|filename|"
        "md5",
        f"1772359200.000000|F1|198.51.100.7|203.0.113.9|C1|HTTP|image/jpeg|-|{MD5}",
        sent("ip:198.51.100.7", "ip:203.0.113.9", ""),
    ),
    "zeek-http": Example(
        "",
        '{"ts":1772359200.0,"uid":"C1","id.orig_h":"203.0.113.9","id.orig_p":5000,"id.resp_h":'
        '"198.51.100.7","id.resp_p":80,"method":"GET","host":"x.example","uri":"/a.jpg"}',
        ("download", "recipient", "ip:203.0.113.9", "ip:198.51.100.7", "/a.jpg", AT),
    ),
    "squid-access": Example(
        "",
        "1772359200.000    250 203.0.113.9 TCP_MISS/200 900 POST http://x.example/up - "
        "HIER_DIRECT/198.51.100.7 text/html",
        ("upload", "uploader", "ip:203.0.113.9", "", "http://x.example/up", AT),
    ),
    "digests-seen": Example("", f"{MD5} *a.jpg", ("seen", "unknown", "", "", "a.jpg", "")),
    "login-log": Example(
        "time,account,ip,event,service",
        "2026-03-01T10:00:00Z,jo,203.0.113.9:443,Login,Example",
        ("login", "holder", "account:example/jo ip:203.0.113.9", "", "", AT),
    ),
    "hashes-seen": Example(
        "time,ip,port,hash,name",
        f"2026-03-01T10:00:00Z,203.0.113.9,6881,{MD5},a.jpg",
        ("seen", "holder", "ip:203.0.113.9", "", "a.jpg", AT),
    ),
}

EXAMPLES = LEAPP | OTHERS
