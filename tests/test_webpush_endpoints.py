"""Which endpoints are taken: push services in, everything that only looks like one out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobilise.webpush.endpoints import PUSH_HOST_SUFFIXES, PUSH_HOSTS, EndpointPolicy, EndpointRefused

TOKEN = "dQw4w9WgXcQ:APA91b_secret-token"


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("https://fcm.googleapis.com/fcm/send/dQw4:APA91b-_x", "fcm.googleapis.com"),
        ("https://fcm.googleapis.com:443/fcm/send/x", "fcm.googleapis.com"),
        ("https://android.googleapis.com/gcm/send/x", "android.googleapis.com"),
        ("https://jmt17.google.com/fcm/send/x", "jmt17.google.com"),
        ("https://updates.push.services.mozilla.com/wpush/v2/gAAAAABx", "updates.push.services.mozilla.com"),
        ("https://db5p.notify.windows.com/w/?token=BQYAAAB%2bX%2f==", "db5p.notify.windows.com"),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", "wns2-par02p.notify.windows.com"),
        ("https://web.push.apple.com/QGuQyavXutnMH~x", "web.push.apple.com"),
        ("https://api.push.apple.com/3/device/a@b", "api.push.apple.com"),
        ("https://fcm.googleapis.com", "fcm.googleapis.com"),
    ],
)
def test_it_takes_the_push_services_of_the_browsers(endpoint: str, host: str):
    assert EndpointPolicy([]).check(endpoint) == host


ATTACKS = [
    ("scheme", "http://fcm.googleapis.com/x"),
    ("scheme", "ws://fcm.googleapis.com/x"),
    ("scheme", "ftp://fcm.googleapis.com/x"),
    ("scheme", "file:///etc/passwd"),
    ("scheme", "gopher://127.0.0.1:6379/_x"),
    ("malformed", "HTTPS://fcm.googleapis.com/x"),
    ("malformed", "javascript:alert(1)"),
    ("malformed", "data:text/plain,x"),
    ("malformed", ""),
    ("malformed", "fcm.googleapis.com/x"),
    ("malformed", "//fcm.googleapis.com/x"),
    ("malformed", "https:fcm.googleapis.com/x"),
    ("malformed", "https:/fcm.googleapis.com/x"),
    ("malformed", "https:\\\\fcm.googleapis.com\\x"),
    ("malformed", "https://"),
    ("malformed", "https:///x"),
    ("malformed", "https://:443/x"),
    # names that only look right
    ("host", "https://example.com/x"),
    ("host", "https://evilfcm.googleapis.com/x"),
    ("host", "https://x.fcm.googleapis.com/x"),
    ("host", "https://googleapis.com/x"),
    ("host", "https://storage.googleapis.com/x"),
    ("host", "https://fcm.googleapis.com.evil.example/x"),
    ("host", "https://fcm-googleapis.com/x"),
    ("host", "https://evilpush.apple.com/x"),
    ("host", "https://push.apple.com/x"),
    ("host", "https://push.apple.com.evil.example/x"),
    ("host", "https://notify.windows.com/x"),
    ("host", "https://xnotify.windows.com/x"),
    ("host", "https://push.services.mozilla.com/x"),
    ("host", "https://127.0.0.1.nip.io/x"),
    ("host", "https://localhost/x"),
    ("host", "https://localhost:8443/x"),
    ("host", "https://metadata.google.internal/x"),
    ("host", "https://fcm.googleapis.com./x"),
    ("host", "https://web.push.apple.com./x"),
    ("malformed", "https://fcm.googleapis.com../x"),
    ("malformed", "https://.push.apple.com/x"),
    ("malformed", "https://..push.apple.com/x"),
    ("malformed", "https://-a.push.apple.com/x"),
    ("malformed", "https://*.push.apple.com/x"),
    ("malformed", "https://FCM.googleapis.com/x"),
    # other alphabets: Cyrillic e, full-width dot and letters, Kelvin sign, punycode
    ("malformed", "https://fcm.googl\u0435apis.com/x"),
    ("malformed", "https://fcm\uff0egoogleapis.com/x"),
    ("malformed", "https://\uff46cm.googleapis.com/x"),
    ("malformed", "https://web.pu\u017fh.apple.com/x"),
    ("malformed", "https://fcm.googleapis.com\u3002/x"),
    ("host", "https://xn--fcm-googleapis-9c.com/x"),
    # ports
    ("port", "https://fcm.googleapis.com:80/x"),
    ("port", "https://fcm.googleapis.com:8443/x"),
    ("port", "https://web.push.apple.com:22/x"),
    ("malformed", "https://fcm.googleapis.com:/x"),
    ("malformed", "https://fcm.googleapis.com:0/x"),
    ("malformed", "https://fcm.googleapis.com:0443/x"),
    ("malformed", "https://fcm.googleapis.com:65979/x"),
    ("malformed", "https://fcm.googleapis.com:-443/x"),
    ("malformed", "https://fcm.googleapis.com:443:443/x"),
    ("malformed", "https://fcm.googleapis.com:\u0664\u0664\u0663/x"),
    # user names, and what hides behind them
    ("credentials", "https://user@fcm.googleapis.com/x"),
    ("credentials", "https://user:password@fcm.googleapis.com/x"),
    ("credentials", "https://fcm.googleapis.com@evil.example/x"),
    ("credentials", "https://fcm.googleapis.com:443@evil.example/x"),
    ("credentials", "https://@fcm.googleapis.com/x"),
    ("credentials", "https://evil.example\\@fcm.googleapis.com/x"),
    # what parsers disagree about
    ("malformed", "https://evil.example\\.push.apple.com/x"),
    ("malformed", "https://evil.example\\fcm.googleapis.com/x"),
    ("malformed", "https://evil.example%2f.push.apple.com/x"),
    ("malformed", "https://evil.example%00.push.apple.com/x"),
    ("malformed", "https://fcm.googleapis.com\\x"),
    ("host", "https://evil.example?.push.apple.com/x"),
    ("malformed", "https://evil.example#.push.apple.com/x"),
    ("malformed", "https://fcm.googleapis.com/x#fragment"),
    ("malformed", "https://fcm.googleapis.com/x#"),
    ("malformed", "https://fcm.googleapis.com#@evil.example/"),
    ("malformed", "https://fcm.googleapis.com;evil.example/x"),
    ("malformed", "https://fcm.googleapis.com,evil.example/x"),
    ("malformed", "https://fcm.googleapis.com evil.example/x"),
    ("malformed", " https://fcm.googleapis.com/x"),
    ("malformed", "https://fcm.googleapis.com/x "),
    ("malformed", "https://fcm.googleapis.com/x\n"),
    ("malformed", "https://fcm.googleapis.com/x\r\nHost: evil.example"),
    ("malformed", "https://fcm.googleapis.com\n/x"),
    ("malformed", "https://fcm.googl\teapis.com/x"),
    ("malformed", "https://fcm.googleapis.com/x\0"),
    ("malformed", "https://fcm.googleapis.com/\u20ac"),
    ("malformed", "https://fcm.googleapis.com/\ud800"),
    ("malformed", "https://fcm.googleapis.com/" + "x" * 2048),
    # addresses in all the forms that a URL parser or a resolver understands
    ("address", "https://127.0.0.1/x"),
    ("address", "https://127.0.0.1:8443/x"),
    ("address", "https://127.1/x"),
    ("address", "https://0/x"),
    ("address", "https://0.0.0.0/x"),
    ("address", "https://2130706433/x"),
    ("address", "https://0x7f000001/x"),
    ("address", "https://0x7f.0.0.1/x"),
    ("address", "https://0177.0.0.1/x"),
    ("address", "https://127.0.0.0x1/x"),
    ("address", "https://127.0.0.0x/x"),
    ("address", "https://169.254.169.254/latest/meta-data/"),
    ("address", "https://10.0.0.1/x"),
    ("address", "https://8.8.8.8/x"),
    ("address", "https://256.256.256.256/x"),
    ("address", "https://fcm.googleapis.com.1/x"),
    ("address", "https://[::1]/x"),
    ("address", "https://[::]/x"),
    ("address", "https://[::ffff:127.0.0.1]/x"),
    ("address", "https://[::ffff:7f00:1]/x"),
    ("address", "https://[64:ff9b::7f00:1]/x"),
    ("address", "https://[2001:4860:4860::8888]:443/x"),
    ("host", "https://127.0.0.1./x"),
    ("malformed", "https://[fe80::1%25eth0]/x"),
    ("malformed", "https://[::1/x"),
    ("malformed", "https://::1/x"),
    ("malformed", "https://[fcm.googleapis.com]/x"),
    ("malformed", "https://[::1]evil.example/x"),
    ("malformed", "https://[::1].push.apple.com/x"),
    ("malformed", "https://[]/x"),
    ("malformed", "https://[:::]/x"),
]


@pytest.mark.parametrize(("code", "endpoint"), ATTACKS)
def test_it_refuses(code: str, endpoint: str):
    with pytest.raises(EndpointRefused) as refusal:
        EndpointPolicy([]).check(endpoint)

    assert refusal.value.code == code


@pytest.mark.parametrize("code", ["scheme", "host", "port", "credentials", "address", "malformed"])
def test_every_code_has_its_attacks(code: str):
    assert len([attack for attack in ATTACKS if attack[0] == code]) >= 3


@pytest.mark.parametrize(
    "endpoint",
    [
        f"http://fcm.googleapis.com/{TOKEN}",
        f"https://evil.example/{TOKEN}",
        f"https://fcm.googleapis.com:1/{TOKEN}",
        f"https://{TOKEN}@fcm.googleapis.com/",
        f"https://10.0.0.1/{TOKEN}",
        f"https://fcm.googleapis.com/{TOKEN}#",
        f"https://[{TOKEN}]/",
    ],
)
def test_a_refusal_does_not_repeat_the_endpoint(endpoint: str):
    with pytest.raises(EndpointRefused) as refusal:
        EndpointPolicy([]).check(endpoint)

    error = refusal.value
    assert TOKEN not in f"{error!s}{error!r}{error.args}{error.__cause__!r}"


@pytest.mark.parametrize(
    ("extra", "endpoint", "host"),
    [
        ("push.example.org", "https://push.example.org/x", "push.example.org"),
        ("push.example.org", "https://push.example.org:443/x", "push.example.org"),
        ("push.example.org:443", "https://push.example.org/x", "push.example.org"),
        ("push.example.org:8443", "https://push.example.org:8443/x", "push.example.org:8443"),
        (" Push.Example.org ", "https://push.example.org/x", "push.example.org"),
        ("localhost:8443", "https://localhost:8443/x", "localhost:8443"),
        ("localhost", "https://localhost/x", "localhost"),
        ("127.0.0.1:8443", "https://127.0.0.1:8443/x", "127.0.0.1:8443"),
        ("10.1.2.3", "https://10.1.2.3/x", "10.1.2.3"),
        ("[::1]:8443", "https://[::1]:8443/x", "[::1]:8443"),
        ("fcm.googleapis.com:8443", "https://fcm.googleapis.com:8443/x", "fcm.googleapis.com:8443"),
        ("xn--rpublique-b4a.fr", "https://xn--rpublique-b4a.fr/x", "xn--rpublique-b4a.fr"),
    ],
)
def test_it_takes_what_the_operator_listed(extra: str, endpoint: str, host: str):
    policy = EndpointPolicy(["other.example.org", extra])

    assert policy.check(endpoint) == host
    assert policy.check("https://fcm.googleapis.com/x") == "fcm.googleapis.com"


@pytest.mark.parametrize(
    ("extra", "endpoint", "code"),
    [
        ("push.example.org", "https://push.example.org:8443/x", "host"),
        ("push.example.org", "https://sub.push.example.org/x", "host"),
        ("push.example.org", "https://xpush.example.org/x", "host"),
        ("push.example.org", "https://push.example.org./x", "host"),
        ("push.example.org", "http://push.example.org/x", "scheme"),
        ("push.example.org", "https://me@push.example.org/x", "credentials"),
        ("push.example.org:8443", "https://push.example.org/x", "host"),
        ("127.0.0.1:8443", "https://127.0.0.1/x", "address"),
        ("127.0.0.1:8443", "https://127.1:8443/x", "address"),
        ("127.0.0.1:8443", "https://localhost:8443/x", "host"),
        ("localhost:8443", "https://127.0.0.1:8443/x", "address"),
        ("[::1]:8443", "https://[0:0:0:0:0:0:0:1]:8443/x", "address"),
    ],
)
def test_a_listed_host_opens_nothing_beside_itself(extra: str, endpoint: str, code: str):
    with pytest.raises(EndpointRefused) as refusal:
        EndpointPolicy([extra]).check(endpoint)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    "extra", ["", "*", "*.example.org", "https://example.org", "example.org/x", "example.org:", "a:b", "::1", "a b"]
)
def test_an_extra_host_that_is_none_is_named(extra: str):
    with pytest.raises(ValueError, match="host or host:port"):
        EndpointPolicy([extra])


@given(endpoint=st.text(max_size=200) | st.from_regex(r"https://[a-z.@:\[\]0-9\\%/#?-]{0,60}\.push\.apple\.com.*"))
def test_whatever_comes_only_a_known_host_gets_through(endpoint: str):
    try:
        host = EndpointPolicy([]).check(endpoint)
    except EndpointRefused:
        return
    assert host in PUSH_HOSTS or host.endswith(PUSH_HOST_SUFFIXES)
    assert endpoint.startswith((f"https://{host}/", f"https://{host}?", f"https://{host}:443")) or (
        endpoint == f"https://{host}"
    )
