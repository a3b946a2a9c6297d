use testudo::{ClientIp, RequestId, RequestInfo, prelude::*};

use super::*;

#[test]
fn who_is_let_in() {
    for (name, list, address, admitted) in [
        ("allowed", r#"{"allow": ["192.0.2.0/24"]}"#, "192.0.2.7", true),
        ("not allowed", r#"{"allow": ["192.0.2.0/24"]}"#, "198.51.100.7", false),
        ("not denied", r#"{"deny": ["192.0.2.0/24"]}"#, "198.51.100.7", true),
        ("denied", r#"{"deny": ["192.0.2.0/24"]}"#, "192.0.2.7", false),
        (
            "denied where it is allowed",
            r#"{"allow": ["192.0.2.0/24"], "deny": ["192.0.2.7"]}"#,
            "192.0.2.7",
            false,
        ),
        ("IPv6", r#"{"allow": ["2001:db8::/32"]}"#, "2001:db8::7", true),
        ("IPv6, outside", r#"{"allow": ["2001:db8::/32"]}"#, "2001:db9::7", false),
        ("IPv4-mapped address", r#"{"allow": ["192.0.2.0/24"]}"#, "::ffff:192.0.2.7", true),
        ("IPv4-mapped address, denied", r#"{"deny": ["192.0.2.0/24"]}"#, "::ffff:192.0.2.7", false),
        ("IPv4-mapped network", r#"{"allow": ["::ffff:192.0.2.0/120"]}"#, "192.0.2.7", true),
        ("IPv4-mapped network, outside", r#"{"allow": ["::ffff:192.0.2.0/120"]}"#, "192.0.3.7", false),
        ("all of IPv4 is none of IPv6", r#"{"allow": ["0.0.0.0/0"]}"#, "2001:db8::7", false),
    ] {
        let list: IpSettings = serde_json::from_str(list).unwrap();
        assert_eq!(list.admits(address.parse().unwrap()), admitted, "{name}");
    }
}

#[test]
fn what_is_not_a_list() {
    for (name, list, mistake) in [
        ("nothing", "{}", "`allow` or `deny`"),
        ("empty lists", r#"{"allow": [], "deny": []}"#, "`allow` or `deny`"),
        ("a typo", r#"{"alow": ["192.0.2.0/24"]}"#, "alow"),
        ("no network", r#"{"allow": ["example.com"]}"#, "`example.com` is neither a network"),
        ("too long a prefix", r#"{"allow": ["192.0.2.0/33"]}"#, "`192.0.2.0/33` is neither a network"),
    ] {
        let error = serde_json::from_str::<IpSettings>(list).unwrap_err().to_string();
        assert!(error.contains(mistake), "{name}: {error}");
    }
}

#[tokio::test]
async fn a_request_from_elsewhere_is_blocked_and_one_from_nowhere_is_not_taken_for_any() {
    let office = Stack::public("whoever is in the office").shield(list("office"));
    let routes: Router = Router::new().route("/", office.get(async || "welcome"));
    testudo::bind(&routes, [("ip.office.allow", "192.0.2.0/24")]).unwrap();
    let mut service = routes.into_axum();
    for (client, status) in [(Some([192, 0, 2, 7]), 200), (Some([198, 51, 100, 7]), 403), (None, 500)] {
        let info = RequestInfo::new(RequestId::parse(b"r-7").unwrap(), client.map(|ip| ClientIp(ip.into())));
        let request = axum::http::Request::get("/").extension(info).body(axum::body::Body::empty()).unwrap();
        let response = tower_service::Service::call(&mut service, request).await.unwrap();
        assert_eq!(response.status(), status, "{client:?}");
    }
}
