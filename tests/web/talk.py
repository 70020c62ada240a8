"""People who talk to the API as programs do: to have something said before a page is looked at."""

from dataclasses import dataclass
from typing import Any

import requests
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount

from benchmarks.web.place import Place
from benchmarks.web.wallet import key_of


@dataclass
class Speaker:
    """Somebody signed in."""

    place: Place
    account: LocalAccount
    token: str

    @classmethod
    def sign_in(cls, place: Place, account: LocalAccount) -> "Speaker":
        found = cls(place, account, "")
        message = found.post("/v1/session/nonce", address=account.address)["message"]
        found.token = found.post("/v1/session", message=message, signature=found.sign(message))["token"]
        return found

    def sign(self, text: str) -> str:
        return "0x" + self.account.sign_message(encode_defunct(text=text)).signature.hex()

    def post(self, path: str, **body: Any) -> Any:
        return self._call("POST", path, body)

    def put(self, path: str, **body: Any) -> Any:
        return self._call("PUT", path, body)

    def get(self, path: str) -> Any:
        return self._call("GET", path, None)

    def _call(self, method: str, path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = requests.request(method, self.place.url + path, json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def claim(self, handle: str, *, about: str, link: str) -> None:
        """A name, with words and a link."""
        wanted = {"handle": handle, "outside": {"site": "github", "name": handle.lower()}}
        text = self.post("/v1/profile/claim-texts", **wanted)
        signed = {"issued": text["issued"], "signature": self.sign(text["text"])}
        self.post("/v1/profile/handle", **wanted, **signed)
        self.put("/v1/profile", about=about, links=[link])


def something_is_said(place: Place) -> str:
    """Of the first strategy: a name, words on a trade, a review, a thread. Once a world; who leads it."""
    known = requests.get(f"{place.url}/v1/social/1", timeout=30).json()
    if known["leader"]:
        return str(known["leader"]["handle"])
    leader = Speaker.sign_in(place, place.world.leaders.all[0].account)
    leader.claim("MomentumMia", about="Ether, with the trend.\nNo leverage.", link="https://example.org/mia")
    trade = place.get("/v1/trades?strategy_id=1&kind=leader&limit=1")["data"][0]["id"]
    note = leader.post("/v1/annotations", trade_id=trade, text="The trend has turned.")
    leader.put(f"/v1/annotations/{note['id']}", text="The trend had turned: half of it is cash now.")
    leader.post(
        "/v1/campaigns", code="MiasFriends", title="Mia's friends", strategy_id=1, starts=None, ends=None
    )

    follower = next(each for each in place.world.crowd.all if each.leader.strategy_id == 1)
    reader = Speaker.sign_in(place, follower.account)
    said = {"strategy_id": 1, "show_as": "pseudonym"}
    reader.post("/v1/reviews", rating=4, text="Does what it says.", with_badge=True, **said)
    asked = reader.post("/v1/comments", text="Why half, and not all of it?", reply_to=None, **said)
    leader.post(
        "/v1/comments", text="Because tops take time.", reply_to=asked["id"], strategy_id=1, show_as="handle"
    )
    stranger = Speaker.sign_in(place, key_of("stranger with an opinion"))
    spam = stranger.post("/v1/comments", text="Get 2 ETH for 1 here!", reply_to=None, **said)
    reader.post("/v1/reports", subject="comment", id=str(spam["id"]), reason="scam", words="A classic.")
    reader.post("/v1/follows", strategy_id=2)
    return "MomentumMia"
