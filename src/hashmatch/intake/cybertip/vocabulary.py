"""Names of elements by which senders and versions say the same thing, in lower case.

Sources: the documentation of NCMEC's CyberTipline Reporting API, and the portal's JSON as tools of
investigators read it. What is not here is kept under its own name.
"""

from typing import Final

from hashmatch.model.event import EventKind, Role
from hashmatch.model.identifier import IdentifierKind

SECTIONS: Final = {
    "personoruserreported": Role.HOLDER,
    "reportedperson": Role.HOLDER,
    "reportedpersons": Role.HOLDER,
    "reporteduser": Role.HOLDER,
    "reportedusers": Role.HOLDER,
    "victim": Role.VICTIM,
    "victims": Role.VICTIM,
    "childvictim": Role.VICTIM,
    "childvictims": Role.VICTIM,
    "intendedrecipient": Role.RECIPIENT,
    "intendedrecipients": Role.RECIPIENT,
    "associatedaccount": Role.ASSOCIATED,
    "associatedaccounts": Role.ASSOCIATED,
    "reporter": Role.REPORTER,
    "reportingperson": Role.REPORTER,
    "contactperson": Role.REPORTER,
    "reportingesp": Role.REPORTER,
    "lawenforcement": Role.REPORTER,
    "lawenforcementcontact": Role.REPORTER,
    "lawenforcementcontacts": Role.REPORTER,
    "officercontact": Role.REPORTER,
}
"""The part that everybody in a section has, whatever it holds. People of the police are no
suspects: they stand where reporters do."""

PROTECTED: Final = frozenset({Role.VICTIM, Role.REPORTER})
"""What lies in a section of theirs never gets another part."""

FILES: Final = frozenset({"filedetails", "uploadedfile", "uploadedfiles"})
CAPTURES: Final = frozenset({"ipcaptureevent", "sourcecapture", "sourcecaptures"})
DEVICES: Final = frozenset({"deviceid", "deviceids"})

REPORT: Final = frozenset({"report", "cybertip", "cybertipreport"})
RESPONSES: Final = frozenset({"reportresponse", "reportdoneresponse"})
OF_A_REPORT: Final = frozenset(
    {"incidentsummary", "reportedinformation", "personoruserreported", "internetdetails"}
    | {"reporter", "victim", "intendedrecipient", "filedetails"}
)
"""One of these lies in every report."""
REPORT_ID: Final = "reportid"

IDENTIFIERS: Final = {
    "espidentifier": IdentifierKind.ACCOUNT,
    "espuserid": IdentifierKind.ACCOUNT,
    "screenname": IdentifierKind.SCREEN_NAME,
    "screennames": IdentifierKind.SCREEN_NAME,
    "email": IdentifierKind.EMAIL,
    "emails": IdentifierKind.EMAIL,
    "emailaddress": IdentifierKind.EMAIL,
    "phone": IdentifierKind.PHONE,
    "phones": IdentifierKind.PHONE,
    "phonenumber": IdentifierKind.PHONE,
}

SERVICE: Final = "espservice"
SERVICE_ELSE: Final = ("platform", "espname")
"""What names the service where the person's own section does not."""

COMPROMISED: Final = "compromisedaccount"
THIRD_PARTY: Final = "thirdpartyuserreported"

EVENTS: Final = {
    "login": EventKind.LOGIN,
    "registration": EventKind.REGISTRATION,
    "purchase": EventKind.PURCHASE,
    "upload": EventKind.UPLOAD,
}
MOMENTS: Final = {
    EventKind.LOGIN: "logged-in",
    EventKind.REGISTRATION: "registered",
    EventKind.PURCHASE: "purchased",
    EventKind.UPLOAD: "uploaded",
    EventKind.OTHER: "captured",
}

DEVICE_KINDS: Final = {
    "imei": IdentifierKind.IMEI,
    "imsi": IdentifierKind.IMSI,
    "iccid": IdentifierKind.ICCID,
    "mac": IdentifierKind.MAC,
    "mac address": IdentifierKind.MAC,
    "serial": IdentifierKind.SERIAL,
    "serial number": IdentifierKind.SERIAL,
}
CAPTURE_KINDS: Final = {
    "ip address": IdentifierKind.IP,
    "ip": IdentifierKind.IP,
    "device id": IdentifierKind.DEVICE,
    "email": IdentifierKind.EMAIL,
    "email address": IdentifierKind.EMAIL,
    "phone": IdentifierKind.PHONE,
    "phone number": IdentifierKind.PHONE,
    "screen name": IdentifierKind.SCREEN_NAME,
}
"""What the portal calls what was captured."""

FILE_ID: Final = ("fileid", "submittalid")
ORIGINAL_NAME: Final = ("originalfilename",)
NAME: Final = ("filename", "name")
UPLOADED: Final = ("uploadedtoesptimestamp",)
RECEIVED_MD5: Final = ("verificationhash", "hash")
"""MD5 of the file as the provider sent it, which need not be the one that somebody uploaded."""
ORIGINAL_HASHES: Final = frozenset({"originalfilehash", "originalfilehashes"})
PLAIN_DIGESTS: Final = ("md5", "sha1", "sha256")
DIGEST_NAMES: Final = {"md5": "md5", "sha1": "sha1", "sha-1": "sha1"} | {
    "sha256": "sha256",
    "sha-256": "sha256",
}
