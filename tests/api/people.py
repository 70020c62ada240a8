"""People with wallets: they sign in to the API as a dApp or a script would."""

from dataclasses import dataclass, field
from typing import Any

import pyotp
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from access.audit import Actor, Audit
from access.roles import STAFF, Role
from access.users import Users
from inbox.clock import now_us

SHELL = Actor("shell:root", "test")


def wallet(name: str) -> LocalAccount:
    return Account.from_key(name.encode().rjust(32, b"\x01"))  # type: ignore[no-any-return]


@dataclass
class Person:
    """Somebody at the API, in a session or not."""

    client: TestClient
    account: LocalAccount
    token: str | None = None
    totp: pyotp.TOTP | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return str(self.account.address)

    def call(self, method: str, path: str, **options: Any) -> Response:
        bearer = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        headers = bearer | self.headers | options.pop("headers", {})
        return self.client.request(method, path, headers=headers, **options)

    def message(self, prefix: str = "") -> str:
        answer = self.client.post(f"{prefix}/v1/session/nonce", json={"address": self.address})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["message"])

    def sign(self, message: str) -> dict[str, str]:
        signature = self.account.sign_message(encode_defunct(text=message)).signature
        return {"message": message, "signature": "0x" + bytes(signature).hex()}

    def sign_in(self, prefix: str = "") -> "Person":
        answer = self.client.post(f"{prefix}/v1/session", json=self.sign(self.message(prefix)))
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["token"]
        return self

    def give_code(self) -> "Person":
        """Begin a second factor and give its first code in this session."""
        begun = self.call("POST", "/v1/session/second-factor")
        assert begun.status_code == 200, begun.text
        self.totp = pyotp.TOTP(begun.json()["secret"])
        code = self.totp.at(now_us() // 10**6)
        taken = self.call("POST", "/v1/session/second-factor/codes", json={"code": code})
        assert taken.status_code == 200, taken.text
        return self


def grant(engine: Engine, person: Person, *roles: Role) -> Person:
    """Give staff roles as the server's shell does."""
    users = Users(engine, Audit(engine))
    for role in roles:
        assert role in STAFF
        users.allow(person.address.lower(), by=SHELL)
        users.grant(person.address.lower(), role, by=SHELL)
    return person
