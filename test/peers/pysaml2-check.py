"""Reads {metadata, entityId, acs, requestId, response, key, cert} from a file; says what pysaml2, at its strictest, makes of the response."""
import json
import sys

from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig

with open(sys.argv[1], encoding="utf-8") as source:
    given = json.load(source)
config = SPConfig()
config.load({
    "entityid": given["entityId"],
    "xmlsec_binary": "/usr/bin/xmlsec1",
    "metadata": {"local": [given["metadata"]]},
    "key_file": given["key"],
    "cert_file": given["cert"],
    "accepted_time_diff": 5,
    "allow_unknown_attributes": True,
    "service": {"sp": {
        "endpoints": {"assertion_consumer_service": [(given["acs"], BINDING_HTTP_POST)]},
        "want_response_signed": True,
        "want_assertions_signed": True,
        "want_assertions_or_response_signed": True,
        "allow_unsolicited": False,
    }},
})
try:
    client = Saml2Client(config=config)
    answer = client.parse_authn_request_response(given["response"], BINDING_HTTP_POST, {given["requestId"]: "/"} if given["requestId"] else {})
    print(json.dumps({"accepted": True, "nameId": answer.name_id.text, "attributes": answer.ava, "issuer": answer.issuer(), "level": answer.authn_info()[0][0]}))
except Exception as error:  # whatever it is, the response was not accepted
    print(json.dumps({"accepted": False, "error": type(error).__name__ + ": " + str(error)[:200]}))
