"""The page as an app of its own."""

from playwright.sync_api import expect

from tests.web.people import OpenPage


def test_it_can_be_installed(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_role("heading", name="Leaders")).to_be_visible()
    found = page.request.get("/manifest.webmanifest").json()
    assert found["display"] == "standalone"
    for icon in found["icons"]:
        answer = page.request.get(icon["src"])
        assert answer.status == 200
        assert answer.headers["content-type"] == icon["type"]
    assert {(icon["sizes"], icon["purpose"]) for icon in found["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
