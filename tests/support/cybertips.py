"""One report to the CyberTipline, written by hand from the published schema, in each of its forms.

Numbers and addresses are those that standards set aside for examples; nothing in it is real.
"""

import json
from typing import Any

FILE_ID = "b0754af766b426f2928a02c651ed4b99"
MD5 = "fafa5efeaf3cbe3b23b2748d13e629a1"

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <incidentSummary>
    <incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>
    <platform>Example Chat</platform>
    <reportAnnotations><sextortion/></reportAnnotations>
    <incidentDateTime>2026-03-01T05:00:00-05:00</incidentDateTime>
  </incidentSummary>
  <internetDetails>
    <chatImIncident><chatClient>Example Chat</chatClient></chatImIncident>
  </internetDetails>
  <reporter>
    <reportingPerson><firstName>Ann</firstName><email>trust@example.org</email></reportingPerson>
  </reporter>
  <personOrUserReported>
    <personOrUserReportedPerson>
      <firstName>Jo</firstName>
      <phone countryCallingCode="+1" verified="true">(202) 555-0100</phone>
      <email verified="true" type="Home">Jo@Example.net</email>
    </personOrUserReportedPerson>
    <espIdentifier>12345</espIdentifier>
    <espService>Example Chat</espService>
    <screenName>jojo</screenName>
    <ipCaptureEvent>
      <ipAddress>203.0.113.9</ipAddress>
      <eventName>Login</eventName>
      <dateTime>2026-03-01T09:58:00Z</dateTime>
      <possibleProxy>false</possibleProxy>
      <port>50000</port>
    </ipCaptureEvent>
    <deviceId><idType>IMEI</idType><idValue>490154203237518</idValue></deviceId>
    <associatedAccount accountType="Linked">
      <espIdentifier>9</espIdentifier><espService>Other</espService>
    </associatedAccount>
  </personOrUserReported>
  <intendedRecipient>
    <espIdentifier>666</espIdentifier><espService>Example Chat</espService>
  </intendedRecipient>
  <victim>
    <victimPerson><age>13</age></victimPerson>
    <espIdentifier>777</espIdentifier>
    <ipCaptureEvent>
      <ipAddress>2001:DB8:0:0::1</ipAddress>
      <eventName>Upload</eventName>
      <dateTime>2026-03-01T09:59:00Z</dateTime>
    </ipCaptureEvent>
  </victim>
</report>
"""

DETAILS = f"""<fileDetails>
  <reportId>4564654</reportId>
  <fileId>{FILE_ID}</fileId>
  <originalFileName>a.jpg</originalFileName>
  <uploadedToEspTimestamp>2026-03-01T09:59:30Z</uploadedToEspTimestamp>
  <fileViewedByEsp>true</fileViewedByEsp>
  <industryClassification>A1</industryClassification>
  <originalFileHash hashType="MD5">{MD5.upper()}</originalFileHash>
  <originalFileHash hashType="PDQ">{"0f" * 32}</originalFileHash>
  <originalFileHash hashType="PhotoDNA">AQIDBA==</originalFileHash>
  <ipCaptureEvent>
    <ipAddress>203.0.113.9</ipAddress>
    <eventName>Upload</eventName>
    <dateTime>2026-03-01T09:59:30Z</dateTime>
  </ipCaptureEvent>
  <details>
    <nameValuePair type="EXIF"><name>Make</name><value>Acme</value></nameValuePair>
  </details>
</fileDetails>
"""

OPENED = """<reportResponse><responseCode>0</responseCode>
<responseDescription>Success</responseDescription><reportId>4564654</reportId></reportResponse>"""

UPLOADED = f"""<reportResponse><responseCode>0</responseCode><reportId>4564654</reportId>
<fileId>{FILE_ID}</fileId><hash>{MD5}</hash></reportResponse>"""

DONE = f"""<reportDoneResponse><responseCode>0</responseCode><reportId>4564654</reportId>
<files><fileId>{FILE_ID}</fileId></files></reportDoneResponse>"""

_PERSON: dict[str, Any] = {
    "firstName": "Jo",
    "middleName": None,
    "espUserId": "12345",
    "espService": "Example Chat",
    "screenName": {"value": "jojo"},
    "emails": {"emails": [{"value": "jo@example.net", "verified": True}]},
    "phones": {"phones": [{"value": "+12025550100", "verified": True}]},
    "associatedAccounts": {
        "associatedAccounts": [{"espUserId": "9", "espService": "Other", "accountType": "Linked"}]
    },
    "sourceInformation": {
        "sourceCaptures": [
            {
                "captureType": "IP Address",
                "value": "203.0.113.9",
                "eventName": "LOGIN",
                "dateTime": "2026-03-01T09:58:00Z",
                "possibleProxy": False,
                "port": 50000,
            },
            {
                "captureType": "Device ID",
                "valueType": "IMEI",
                "value": "490154203237518",
                "eventName": None,
                "dateTime": None,
            },
        ]
    },
}


def _captured(address: str, time: str) -> dict[str, Any]:
    capture = {"captureType": "IP Address", "value": address, "eventName": "UPLOAD"}
    return {"sourceCaptures": [{**capture, "dateTime": time}]}


PORTAL: dict[str, Any] = {
    "reportId": "4564654",
    "dateReceived": "2026-03-02T00:00:00Z",
    "reportedInformation": {
        "reportingEsp": {
            "espName": "Example Chat",
            "firstName": "Ann",
            "emails": {"emails": [{"value": "trust@example.org"}]},
        },
        "incidentSummary": {"incidentDateTime": "2026-03-01T10:00:00", "platform": "Example Chat"},
        "reportedPeople": {"reportedPersons": [_PERSON]},
        "intendedRecipients": {
            "intendedRecipients": [{"espUserId": "666", "espService": "Example Chat"}]
        },
        "childVictims": {
            "childVictims": [
                {
                    "espUserId": "777",
                    "approximateAge": 13,
                    "sourceInformation": _captured("2001:db8::1", "2026-03-01T09:59:00Z"),
                }
            ]
        },
        "uploadedFiles": {
            "uploadedFiles": [
                {
                    "filename": "4564654_1.jpg",
                    "originalFilename": "a.jpg",
                    "verificationHash": MD5,
                    "viewedByEsp": True,
                    "industryClassification": "A1",
                    "sourceInformation": _captured("203.0.113.9", "2026-03-01T09:59:30Z"),
                }
            ]
        },
    },
    "automatedInformation": {
        "autoGeneratedNotes": {
            "geoLookups": {"childVictimGeoLookups": [{"ipAddress": "2001:db8::1", "city": "X"}]}
        }
    },
}


def as_api() -> dict[str, str]:
    """The documents of the API by names that say nothing."""
    return {"1": DONE, "2": DETAILS, "3": REPORT, "4": OPENED, "5": UPLOADED}


def as_one_document() -> str:
    """The report with its file inside."""
    inside = DETAILS.replace("<fileDetails>", "<files><fileDetails>")
    inside = inside.replace("</fileDetails>", "</fileDetails></files>")
    return REPORT.replace("</report>", f"<reportId>4564654</reportId>{inside}</report>")


def as_portal() -> str:
    """The JSON of the portal."""
    return json.dumps(PORTAL, indent=1)
