"""Who is there, under names and addresses set aside for documentation (RFC 2606, 3849, 5737, 7042)."""

from tour.wire import Host

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CHROME = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)

UPLINK = "00:00:5e:00:53:01"
ANNA = Host("anna.office.example", "192.0.2.21", "00:00:5e:00:53:21", boot=81_402_113)
ANNA6 = Host("anna.office.example", "2001:db8:2::21", "00:00:5e:00:53:21", boot=7_730_954)
BEN = Host("ben.office.example", "192.0.2.34", "00:00:5e:00:53:34", boot=3_350_771)
DEVBOX = Host("devbox.office.example", "192.0.2.44", "00:00:5e:00:53:44", boot=512_009_340)
CLARA = Host("clara-phone.office.example", "192.0.2.57", "00:00:5e:00:53:57", boot=1_220_461)
WALL = Host("wallboard.office.example", "192.0.2.61", "00:00:5e:00:53:61", boot=940_118_705)
BOILER = Host("boiler-3.office.example", "192.0.2.80", "00:00:5e:00:53:80", ttl=255, boot=26_003)
MONITOR = Host("monitor.office.example", "192.0.2.90", "00:00:5e:00:53:90", boot=70_556_812)
NAMES = Host("dns.office.example", "192.0.2.53", "00:00:5e:00:53:53")
CHAT = Host("chat.example", "198.51.100.10", UPLINK, ttl=54, boot=2_918_400_332)
TICKER = Host("ticker.example", "198.51.100.20", UPLINK, ttl=49, boot=1_100_273_641)
API = Host("api.example", "203.0.113.50", UPLINK, ttl=56, boot=411_907_228)
IOT = Host("iot.example", "203.0.113.40", UPLINK, ttl=51, boot=3_004_118_850)
FEEDS = Host("feeds.example", "203.0.113.77", UPLINK, ttl=47, boot=655_031_219)
COLLAB = Host("collab.example", "2001:db8:30::10", UPLINK, ttl=55, boot=1_871_620_094)
CLOCK = Host("time.example", "203.0.113.123", UPLINK, ttl=57)
HOSTS = [ANNA, ANNA6, BEN, DEVBOX, CLARA, WALL, BOILER, MONITOR, NAMES]
HOSTS += [CHAT, TICKER, API, IOT, FEEDS, COLLAB, CLOCK]
