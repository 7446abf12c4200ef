"""A pysaml2 service that lives long: the first line of input is {metadata, entityId, acs, key, cert}, every other line one order, answered by one line.
{"response": base64, "requestId": id} is judged as strictly as pysaml2 can; {"request": destination} makes a signed AuthnRequest."""
import json
import sys

from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig

given = json.loads(sys.stdin.readline())
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
client = Saml2Client(config=config)
for line in sys.stdin:
    order = json.loads(line)
    try:
        if "request" in order:
            _id, request = client.create_authn_request(
                order["request"], sign=True,
                sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
            )
            verdict = {"xml": str(request)}
        else:
            answer = client.parse_authn_request_response(order["response"], BINDING_HTTP_POST, {order["requestId"]: "/"})
            verdict = {"accepted": True, "attributes": answer.ava}
    except Exception as error:  # whatever it is, it was not accepted
        verdict = {"accepted": False, "error": type(error).__name__ + ": " + str(error)[:200]}
    print(json.dumps(verdict), flush=True)
