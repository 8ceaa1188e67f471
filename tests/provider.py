"""A stand-in for an organisation's OpenID Connect provider, on 127.0.0.1: a real one, except that it lies when told to.

with stand_in() as provider:
    provider.claims |= {"amr": ["pwd", "otp"]}      # what it says of who signs in; None leaves a claim out
    provider.answers["/token"] = (500, b"")          # what an address answers instead
"""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from partnership.providers import Provider

SECRET = "a secret of the stand-in"


@cache
def private_key(name):
    """A key of this name, made once a run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class StandIn:
    """What it knows and what it was asked."""

    def __init__(self, address):
        self.address = address
        self.claims, self.answers, self.description = {}, {}, {}
        self.signed_with, self.algorithm, self.kid = "its own", "RS256", "1"
        self.asked, self.tokens_asked, self.codes = [], [], {}
        self.hangs = None  # the address that does not answer
        self.let_go = threading.Event()

    def setting(self, **other):
        """How the hub is told of it."""
        names = {"id": "council", "name": "Harrowmere Council", "agency": "Harrowmere Council", "client_id": "the-hub"}
        return Provider(**names | {"server_url": self.address, "secret": SECRET} | other)

    def discovery(self):
        found = {"issuer": self.address, "token_endpoint_auth_methods_supported": ["client_secret_post"]}
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return found | {name: f"{self.address}/{path}" for name, path in names.items()} | self.description

    def authorize(self, query):
        """This will return where a browser is sent that asks this: back, with a code (or with what it was told)."""
        self.asked.append(query)
        code = f"code-{len(self.asked)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, values, authorization):
        """This will check the client, the code and the proof, and return the answer's status and object."""
        if authorization:
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            values |= dict(zip(("client_id", "client_secret"), map(unquote, pair.split(":")), strict=True))
        self.tokens_asked.append(values)
        asked = self.codes.pop(values.get("code"), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(values.get("code_verifier", "").encode()).digest())
        is_good = (
            asked
            and (values["client_id"], values["client_secret"]) == ("the-hub", SECRET)
            and values["redirect_uri"] == asked["redirect_uri"]
            and asked["code_challenge"] == proof.decode().rstrip("=")
            and asked["code_challenge_method"] == "S256"
        )
        if not is_good:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce):
        now = int(time.time())
        usual = {"iss": self.address, "aud": "the-hub", "iat": now, "exp": now + 300, "sub": "s-1", "nonce": nonce}
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        key = private_key(self.signed_with) if self.algorithm.startswith("RS") else "x" * 64
        key = None if self.algorithm == "none" else key
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": self.kid} if self.kid else None)

    def jwks(self):
        # As Microsoft's: without "alg".
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private_key("its own").public_key()))
        return {"keys": [{"kty": "RSA", "use": "sig", "kid": "1", "n": key["n"], "e": key["e"]}]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        provider, parts = self.server.provider, urlsplit(self.path)
        if self.told(parts.path):
            return
        parts = parts._replace(path=parts.path.removeprefix("/moved"))
        if parts.path == "/authorize":
            self.send(302, b"", Location=provider.authorize(dict(parse_qsl(parts.query))))
        else:
            known = {"/.well-known/openid-configuration": provider.discovery, "/jwks": provider.jwks}
            self.send(200, json.dumps(known[parts.path]()).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.told(self.path):
            return
        values = {name: value for name, (value,) in parse_qs(body).items()}
        status, answer = self.server.provider.token(values, self.headers.get("Authorization"))
        self.send(status, json.dumps(answer).encode())

    def told(self, path):
        """This will do what this address was told to do instead, if anything."""
        provider = self.server.provider
        if provider.hangs == path:
            provider.let_go.wait(30)
            self.close_connection = True
            return True
        if path in provider.answers:
            status, body, *headers = provider.answers[path]
            self.send(status, body, **dict(*headers))
            return True
        return False

    def send(self, status, body, **headers):
        self.send_response(status)
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        } | headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextmanager
def stand_in():
    """This will run a stand-in for as long as it is needed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.provider = StandIn(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.provider
    finally:
        server.provider.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
