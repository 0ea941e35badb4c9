"""Elements that the documentation of the reporting API does not have: kept, and counted by name.

What senders and later versions add is seen thereby, and nothing of it is refused.
"""

from collections.abc import Iterable
from typing import Final

from hashmatch.intake.cybertip import vocabulary as words
from hashmatch.intake.node import Node
from hashmatch.intake.noting import Notes
from hashmatch.visible import printable

_MOST: Final = 20
"""Names that are noted by themselves."""

_DOCUMENTED: Final = """
    additionalinfo address agencyname age ageassertiondiscrepancy allemailsreported
    animedrawingvirtualhentai approximateage batchedreport bestiality casenumber cellphoneincident
    chatclient chatimincident chatroomname city client companytemplate compromisedaccount console
    content country countrycode csamsolicitation dateofbirth datetime details displayname
    emailincident escalatetohighpriority estimatedlocation eventname exifviewedbyesp
    fileannotations fileid filename filenames filerelevance files fileviewedbyesp firstname
    gamename generativeai groupidentifier hash idtype idvalue incidentaddress incidentdatetime
    incidentdatetimedescription incidentsummary incidenttype industryclassification infant
    informational intendedrecipientperson internetdetails ipaddress lastname latitude legalurl
    livestreaming locationname locationoffile longitude middlename minortominorinteraction name
    namevaluepair newsgroupincident noninternetincident nonusastate onlinegamingincident
    originalfilehash originalfilename peer2peerincident personoruserreportedperson physicalharm
    platform port possibleproxy possibleselfproduction potentialmeme priorctreports profilebio
    profileurl publiclyavailable region report reportannotations reportdoneresponse reportedtole
    reportid reportresponse responsecode responsedescription sadisticonlineexploitation schoolname
    servedlegalprocessdomestic servedlegalprocessinternational sextortion spam state termsofservice
    thirdpartyuserreported uploadedtoesptimestamp url value vehicledescription victimperson
    violencegore viral webpageincident zipcode
"""
_KNOWN: Final = (
    frozenset(_DOCUMENTED.split())
    | frozenset(words.SECTIONS)
    | frozenset(words.IDENTIFIERS)
    | words.FILES
    | words.CAPTURES
    | words.DEVICES
    | {words.SERVICE}
)


def count_unknown(nodes: Iterable[Node], notes: Notes) -> None:
    """Note the names that are not documented, each with its count."""
    seen: dict[str, None] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.key in _KNOWN:
            continue
        seen.setdefault(node.key)
        name = printable(node.name)[:60] if len(seen) <= _MOST else "of other names"
        notes.count(f"elements {name} that are not in the documentation, kept")
