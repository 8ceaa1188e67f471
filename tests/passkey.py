"""A passkey made of software, for tests: what a browser answers when a page asks for one."""

import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class SoftPasskey:
    """A passkey for one origin. `create` and `get` take what the page asks (a dict) and give JSON for the form."""

    def __init__(self, origin):
        self.origin = origin
        self.id = os.urandom(32)
        self.key = ec.generate_private_key(ec.SECP256R1())

    def create(self, asked):
        asked = asked["publicKey"]
        client = CollectedClientData.create("webauthn.create", asked["challenge"], self.origin)
        public = ES256.from_cryptography_key(self.key.public_key())
        made = AttestedCredentialData.create(bytes(16), self.id, public)
        flags = VERIFIED | AuthenticatorData.FLAG.AT
        about = AuthenticatorData.create(sha256(asked["rp"]["id"].encode()), flags, 0, made)
        return self._answer(
            clientDataJSON=client,
            attestationObject=AttestationObject.create("none", about, {}),
            transports=["internal"],
        )

    def get(self, asked):
        asked = asked["publicKey"]
        assert websafe_encode(self.id) in [each["id"] for each in asked["allowCredentials"]]
        return self.sign(asked["challenge"], asked["rpId"])

    def sign(self, challenge, rp_id):
        """This will answer a challenge (text, base64url) though the page asked for another passkey."""
        client = CollectedClientData.create("webauthn.get", challenge, self.origin)
        about = AuthenticatorData.create(sha256(rp_id.encode()), VERIFIED, 1)
        signature = self.key.sign(bytes(about) + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=about, signature=signature)

    def _answer(self, **response):
        encoded = {k: websafe_encode(bytes(v)) if isinstance(v, bytes) else v for k, v in response.items()}
        name = websafe_encode(self.id)
        assert websafe_decode(name) == self.id
        return json.dumps(
            {"type": "public-key", "id": name, "rawId": name, "clientExtensionResults": {}, "response": encoded}
        )
