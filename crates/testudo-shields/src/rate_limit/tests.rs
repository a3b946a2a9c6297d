use std::time::Duration;

use axum::{body::Body, http::Request, response::Response};
use testudo::{ClientIp, RequestId, RequestInfo, prelude::*};
use testudo_core::Clock;
use testudo_store::{MemoryOptions, Redis, RedisOptions};
use testudo_testkit::{MockClock, RedisServer};
use tower_service::Service;

use super::*;

#[test]
fn what_is_not_a_limit() {
    for (name, settings, mistake) in [
        ("nothing", "{}", "limit"),
        ("no period", r#"{"limit": 5}"#, "period"),
        ("no requests", r#"{"limit": 0, "period": "1m"}"#, "`limit` is 0"),
        ("no time", r#"{"limit": 5, "period": "0s"}"#, "`period` is 0"),
        ("no unit", r#"{"limit": 5, "period": "60"}"#, "duration with its unit"),
        ("no burst", r#"{"limit": 5, "period": "1m", "burst": 0}"#, "`burst` is 0"),
        (
            "a window with a burst",
            r#"{"limit": 5, "period": "1m", "burst": 5, "algorithm": "window"}"#,
            "`burst` is 5",
        ),
        ("too large a window", r#"{"limit": 10001, "period": "1m", "algorithm": "window"}"#, "gcra"),
        ("an unknown algorithm", r#"{"limit": 5, "period": "1m", "algorithm": "fixed"}"#, "gcra"),
        ("a typo", r#"{"limit": 5, "period": "1m", "bursts": 5}"#, "bursts"),
        (
            "loosening without its word",
            r#"{"limit": 5, "period": "1m", "when_down": "open"}"#,
            "danger_when_down",
        ),
    ] {
        let error = serde_json::from_str::<RateLimitSettings>(settings).unwrap_err().to_string();
        assert!(error.contains(mistake), "{name}: {error}");
    }
}

#[test]
#[should_panic(expected = "1 to 64 letters")]
fn a_name_that_no_header_field_could_carry_is_refused_when_the_shield_is_made() {
    by_address("a \"name\"");
}

/// Gives the shields of these routes a store, as a service does.
fn give(routes: &Router, limiter: &Limiter) {
    for need in routes.shields().flat_map(ShieldInfo::needs) {
        if let Some(needed) = need.downcast_ref::<Needed<Limiter>>() {
            // A shield in front of several routes is found with each of them.
            needed.give(limiter.clone());
        }
    }
}

fn bound(routes: Router, name: &str, settings: &[(&str, &str)], limiter: &Limiter) -> axum::Router {
    let settings = settings.iter().map(|(key, value)| (format!("rate_limit.{name}.{key}"), *value));
    // Whoever is first stays: before `bind`, which gives a store as well.
    give(&routes, limiter);
    testudo::bind(&routes, settings).unwrap();
    routes.into_axum()
}

fn memory() -> (MockClock, Limiter) {
    let mock = MockClock::default();
    let clock: Clock = mock.clock();
    (mock, Limiter::memory_with(MemoryOptions { clock, ..MemoryOptions::default() }))
}

/// A request from this address, with a header field that claims another one each time.
async fn from(service: &mut axum::Router, client: Option<&str>, method: &str, path: &str) -> Response {
    let client = client.map(|client| ClientIp(client.parse().unwrap()));
    let info = RequestInfo::new(RequestId::parse(b"r-7").unwrap(), client);
    let claimed = format!("198.51.100.{}", path.len());
    let request =
        Request::builder().method(method).uri(path).header("x-forwarded-for", claimed).extension(info);
    service.call(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn field<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

fn open(limit: RateLimit<Address>) -> Router {
    Router::new().route("/", Stack::public("a page").shield(limit).get(async || "hello"))
}

#[tokio::test]
async fn a_burst_passes_and_the_next_pass_is_at_retry_after_and_not_earlier() {
    for (algorithm, policy, first, third, retry) in [
        ("gcra", "\"page\";q=2;w=20", "\"page\";r=1;t=10", "\"page\";r=0;t=10", 10),
        ("window", "\"page\";q=2;w=20", "\"page\";r=1;t=20", "\"page\";r=0;t=20", 20),
    ] {
        let (mock, limiter) = memory();
        let settings = [("limit", "2"), ("period", "20s"), ("algorithm", algorithm)];
        let mut service = bound(open(by_address("page")), "page", &settings, &limiter);
        let client = Some("192.0.2.7");
        let passed = from(&mut service, client, "GET", "/").await;
        assert_eq!(passed.status(), 200, "{algorithm}");
        assert_eq!(
            (field(&passed, "ratelimit-policy"), field(&passed, "ratelimit")),
            (Some(policy), Some(first))
        );
        assert_eq!(from(&mut service, client, "GET", "/").await.status(), 200, "{algorithm}");

        let blocked = from(&mut service, client, "GET", "/").await;
        assert_eq!(blocked.status(), 429, "{algorithm}");
        assert_eq!(
            (field(&blocked, "ratelimit-policy"), field(&blocked, "ratelimit")),
            (Some(policy), Some(third))
        );
        assert_eq!(field(&blocked, "retry-after"), Some(retry.to_string().as_str()), "{algorithm}");

        mock.advance(Duration::from_micros(retry * 1_000_000 - 1));
        assert_eq!(from(&mut service, client, "GET", "/").await.status(), 429, "{algorithm}: too early");
        mock.advance(Duration::from_micros(1));
        assert_eq!(from(&mut service, client, "GET", "/").await.status(), 200, "{algorithm}: on time");
    }
}

#[tokio::test]
async fn clients_are_told_apart_by_their_address_and_an_unknown_one_is_nobodys() {
    let (_, limiter) = memory();
    let mut service = bound(open(by_address("page")), "page", &[("limit", "1"), ("period", "1h")], &limiter);
    for (name, client, status) in [
        ("the first", Some("192.0.2.7"), 200),
        ("the same", Some("192.0.2.7"), 429),
        ("the same, IPv4-mapped", Some("::ffff:192.0.2.7"), 429),
        ("another", Some("192.0.2.8"), 200),
        ("IPv6", Some("2001:db8:1:2::1"), 200),
        ("the same /64", Some("2001:db8:1:2:ffff::9"), 429),
        ("another /64", Some("2001:db8:1:3::1"), 200),
        ("unknown", None, 500),
        ("unknown again", None, 500),
    ] {
        assert_eq!(from(&mut service, client, "GET", "/").await.status(), status, "{name}");
    }
}

#[tokio::test]
async fn a_claimed_address_gains_nothing() {
    let (_, limiter) = memory();
    let mut service = bound(open(by_address("page")), "page", &[("limit", "1"), ("period", "1h")], &limiter);
    for (path, status) in [("/", 200), ("/?claims=another", 429), ("/?claims=yet-another", 429)] {
        assert_eq!(from(&mut service, Some("192.0.2.7"), "GET", path).await.status(), status, "{path}");
    }
}

#[tokio::test]
async fn routes_count_apart_where_that_is_wanted_and_together_where_it_is_not() {
    let routes = |limit: RateLimit<Address>| {
        let stack = Stack::public("pages").shield(limit);
        Router::new().route("/a/{id}", stack.get(async || "a")).route("/b", stack.get(async || "b"))
    };
    let settings = [("limit", "1"), ("period", "1h")];
    for (limit, statuses) in
        [(by_address("page"), [200, 429, 429, 429]), (by_address("page").per_route(), [200, 429, 429, 200])]
    {
        let mut service = bound(routes(limit), "page", &settings, &memory().1);
        let requests = [("GET", "/a/1"), ("GET", "/a/2"), ("HEAD", "/a/1"), ("GET", "/b")];
        for ((method, path), status) in requests.into_iter().zip(statuses) {
            let response = from(&mut service, Some("192.0.2.7"), method, path).await;
            assert_eq!(response.status(), status, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn by_route_all_clients_count_together() {
    let stack = Stack::public("pages").shield(by_route("page"));
    let routes = Router::new().route("/a", stack.get(async || "a")).route("/b", stack.get(async || "b"));
    let mut service = bound(routes, "page", &[("limit", "1"), ("period", "1h")], &memory().1);
    for (client, path, status) in [
        ("192.0.2.7", "/a", 200),
        ("192.0.2.8", "/a", 429),
        ("192.0.2.8", "/b", 200),
        ("192.0.2.7", "/b", 429),
    ] {
        assert_eq!(from(&mut service, Some(client), "GET", path).await.status(), status, "{client} {path}");
    }
}

#[tokio::test]
async fn stacked_limits_are_independent_and_both_are_told() {
    let stack = Stack::public("a page").shield(by_address("minute")).shield(by_address("day"));
    let routes: Router = Router::new().route("/", stack.get(async || "hello"));
    let settings = [("minute.limit", "3"), ("minute.period", "1m"), ("day.limit", "2"), ("day.period", "1d")];
    let settings = settings.map(|(key, value)| (format!("rate_limit.{key}"), value));
    give(&routes, &memory().1);
    testudo::bind(&routes, settings).unwrap();
    let mut service = routes.into_axum();
    for status in [200, 200, 429] {
        let response = from(&mut service, Some("192.0.2.7"), "GET", "/").await;
        assert_eq!(response.status(), status);
        let told: Vec<_> = response.headers().get_all("ratelimit-policy").iter().collect();
        assert_eq!(told, ["\"minute\";q=3;w=60", "\"day\";q=2;w=86400"]);
        assert_eq!(response.headers().get_all("ratelimit").iter().count(), 2);
    }
}

#[tokio::test]
async fn what_costs_more_than_the_limit_never_passes_and_is_not_told_to_wait() {
    let settings = [("limit", "2"), ("period", "1h")];
    let mut service = bound(open(by_address("page").cost(3)), "page", &settings, &memory().1);
    let blocked = from(&mut service, Some("192.0.2.7"), "GET", "/").await;
    assert_eq!((blocked.status().as_u16(), field(&blocked, "retry-after")), (429, None));
    let mut service = bound(open(by_address("page").cost(2)), "page", &settings, &memory().1);
    for status in [200, 429] {
        assert_eq!(from(&mut service, Some("192.0.2.7"), "GET", "/").await.status(), status);
    }
}

#[tokio::test]
async fn while_the_store_is_down_nobody_passes_unless_the_settings_say_so() {
    for (when_down, statuses) in
        [(None, [503, 503, 503]), (Some("open"), [200, 200, 200]), (Some("local"), [200, 200, 429])]
    {
        let nowhere = Limiter::redis(Redis::open(&RedisOptions::new("redis://127.0.0.1:1")).unwrap());
        let mut settings = vec![("limit", "2"), ("period", "1h")];
        settings.extend(when_down.map(|when_down| ("danger_when_down", when_down)));
        let mut service = bound(open(by_address("page")), "page", &settings, &nowhere);
        for status in statuses {
            let response = from(&mut service, Some("192.0.2.7"), "GET", "/").await;
            assert_eq!(response.status(), status, "{when_down:?}");
        }
    }
}

#[tokio::test]
async fn services_on_one_redis_count_together() {
    let server = match RedisServer::start() {
        Ok(server) => server,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && std::env::var_os("CI").is_none() => {
            #[expect(clippy::print_stderr, reason = "whoever runs the tests wants to know")]
            {
                eprintln!("skipped: services_on_one_redis_count_together, for want of redis-server");
            }
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let url = server.url();
    for algorithm in ["gcra", "window"] {
        let settings = [
            ("redis.url", url.as_str()),
            ("rate_limit.page.limit", "3"),
            ("rate_limit.page.period", "1h"),
            ("rate_limit.page.algorithm", algorithm),
        ];
        let mut services = [open(by_address("page")), open(by_address("page"))].map(|routes| {
            testudo::bind(&routes, settings).unwrap();
            routes.into_axum()
        });
        for (service, status) in [(0, 200), (1, 200), (0, 200), (1, 429), (0, 429)] {
            let response = from(&mut services[service], Some("192.0.2.7"), "GET", "/").await;
            assert_eq!(response.status(), status, "{algorithm}, service {service}");
        }
        let other = from(&mut services[0], Some("192.0.2.8"), "GET", "/").await;
        assert_eq!(
            (other.status().as_u16(), field(&other, "ratelimit-policy")),
            (200, Some("\"page\";q=3;w=3600"))
        );
    }
}

#[tokio::test]
async fn without_a_store_of_anybodys_it_counts_in_memory() {
    let routes = open(by_address("page"));
    testudo::bind(&routes, [("rate_limit.page.limit", "1"), ("rate_limit.page.period", "1h")]).unwrap();
    let mut service = routes.into_axum();
    for status in [200, 429] {
        assert_eq!(from(&mut service, Some("192.0.2.7"), "GET", "/").await.status(), status);
    }
}
