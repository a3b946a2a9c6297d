use super::{probes::PROBES, *};

fn cors(edit: impl FnOnce(&mut CorsSettings)) -> Cors {
    let mut settings = CorsSettings::default();
    settings.origins = [
        "https://shop.example.com",
        "https://*.example.org",
        "http://localhost:3000",
        "https://*.dev.example:8443",
        "https://xn--bcher-kva.example",
        "http://[::1]:8080",
        "capacitor://localhost",
    ]
    .map(str::to_owned)
    .to_vec();
    edit(&mut settings);
    Cors::from_settings(&settings).unwrap()
}

fn headers(fields: &[(HeaderName, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

fn preflight(cors: &Cors, origin: &str, method: &str, fields: Option<&str>) -> Decision {
    let mut headers = headers(&[(header::ORIGIN, origin), (header::ACCESS_CONTROL_REQUEST_METHOD, method)]);
    if let Some(fields) = fields {
        headers.insert(header::ACCESS_CONTROL_REQUEST_HEADERS, fields.parse().unwrap());
    }
    cors.decide(&Method::OPTIONS, &headers)
}

/// The response of a handler that sets nothing, as it leaves the service.
fn response(cors: &Cors, decision: &Decision) -> HeaderMap {
    let mut response = HeaderMap::new();
    cors.apply(decision, &mut response);
    response
}

#[test]
fn an_origin_is_allowed_as_configured_and_no_other_gets_any_field() {
    for credentials in [false, true] {
        let cors = cors(|settings| settings.credentials = credentials);
        for (origin, allowed) in PROBES {
            let actual = cors.decide(&Method::GET, &headers(&[(header::ORIGIN, origin)]));
            let fields = response(&cors, &actual);
            assert_eq!(fields[header::VARY], "origin", "{origin}");
            let asked = preflight(&cors, origin, "PUT", None);
            let preflight_fields = response(&cors, &asked);
            if *allowed {
                assert_eq!(fields[header::ACCESS_CONTROL_ALLOW_ORIGIN], *origin);
                assert_eq!(fields.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS), credentials);
                assert_eq!(preflight_fields[header::ACCESS_CONTROL_ALLOW_ORIGIN], *origin);
            } else {
                assert_eq!((actual, fields.len()), (Decision::None, 1), "{origin}: {fields:?}");
                assert_eq!(asked, Decision::Refused(CorsRefusal::Origin), "{origin}");
                assert_eq!(preflight_fields.len(), 1, "{origin}: {preflight_fields:?}");
            }
        }
    }
}

#[test]
fn a_preflight_is_told_all_that_is_allowed_and_nothing_else() {
    let cors = cors(|settings| settings.credentials = true);
    let decision = preflight(&cors, "https://shop.example.com", "PUT", Some("authorization"));
    let fields = response(&cors, &decision);
    for (name, value) in [
        ("access-control-allow-origin", "https://shop.example.com"),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE"),
        ("access-control-allow-headers", "authorization, content-type, x-request-id"),
        ("access-control-max-age", "600"),
        ("vary", "origin, access-control-request-method, access-control-request-headers"),
    ] {
        assert_eq!(fields[name], value, "{name}");
    }
    assert_eq!(fields.len(), 6, "{fields:?}");
}

#[test]
fn what_a_preflight_asks_for_is_checked() {
    use CorsRefusal::{Header, Method};
    let cors = cors(|_| {});
    let cases = [
        ("GET", None, None),
        ("HEAD", None, None),
        ("POST", None, None),
        ("PATCH", Some("content-type"), None),
        ("DELETE", Some("Authorization, X-Request-ID"), None),
        ("PUT", Some(""), None),
        ("PUT", Some("accept,,accept-language , content-language"), None),
        ("put", None, Some(Method)),
        ("OPTIONS", None, Some(Method)),
        ("TRACE", None, Some(Method)),
        ("", None, Some(Method)),
        ("*", None, Some(Method)),
        ("GET, PUT", None, Some(Method)),
        ("PUT", Some("x-other"), Some(Header)),
        ("PUT", Some("authorization, x-other"), Some(Header)),
        ("PUT", Some("*"), Some(Header)),
        ("PUT", Some("authorization content-type"), Some(Header)),
        ("PUT", Some("x-authorization"), Some(Header)),
    ];
    for (method, fields, expected) in cases {
        let refusal = match preflight(&cors, "https://shop.example.com", method, fields) {
            Decision::Refused(refusal) => Some(refusal),
            decision => {
                assert!(matches!(decision, Decision::Preflight(_)), "{method} {fields:?}");
                None
            }
        };
        assert_eq!(refusal, expected, "{method} {fields:?}");
    }
}

#[test]
fn only_options_with_an_origin_and_a_requested_method_is_a_preflight() {
    let cors = cors(|_| {});
    let origin = (header::ORIGIN, "https://shop.example.com");
    let method = (header::ACCESS_CONTROL_REQUEST_METHOD, "PUT");
    let allowed = Decision::Actual(HeaderValue::from_static("https://shop.example.com"));
    assert_eq!(cors.decide(&Method::OPTIONS, &headers(std::slice::from_ref(&origin))), allowed);
    assert_eq!(cors.decide(&Method::OPTIONS, &headers(std::slice::from_ref(&method))), Decision::None);
    assert_eq!(cors.decide(&Method::PUT, &headers(&[origin.clone(), method.clone()])), allowed);

    let twice = headers(&[origin.clone(), origin.clone(), method.clone()]);
    assert_eq!(cors.decide(&Method::GET, &twice), Decision::None, "two origins");
    assert_eq!(cors.decide(&Method::OPTIONS, &twice), Decision::Refused(CorsRefusal::Origin));
    let twice = headers(&[origin, method.clone(), method]);
    assert_eq!(cors.decide(&Method::OPTIONS, &twice), Decision::Refused(CorsRefusal::Method));
}

#[test]
fn private_networks_are_never_opened() {
    let cors = cors(|_| {});
    let asked = headers(&[
        (header::ORIGIN, "https://shop.example.com"),
        (header::ACCESS_CONTROL_REQUEST_METHOD, "GET"),
        (HeaderName::from_static("access-control-request-private-network"), "true"),
    ]);
    let decision = cors.decide(&Method::OPTIONS, &asked);
    assert!(matches!(decision, Decision::Preflight(_)));
    let mut response = headers(&[(HeaderName::from_static("access-control-allow-private-network"), "true")]);
    cors.apply(&decision, &mut response);
    assert!(!response.contains_key("access-control-allow-private-network"));
}

#[test]
fn vary_is_merged_and_on_every_response() {
    let cors = cors(|_| {});
    let cases: [(&str, &[&str], &[&str]); 6] = [
        ("none", &[], &["origin"]),
        ("another", &["Accept-Encoding"], &["Accept-Encoding", "origin"]),
        ("origin already", &["Accept, Origin"], &["Accept, Origin"]),
        ("origin in a second field", &["Accept", "ORIGIN"], &["Accept", "ORIGIN"]),
        ("everything", &["*"], &["*"]),
        ("a name that contains it", &["x-origin"], &["x-origin", "origin"]),
    ];
    for (name, before, after) in cases {
        let mut response = HeaderMap::new();
        for field in before {
            response.append(header::VARY, field.parse().unwrap());
        }
        cors.apply(&Decision::None, &mut response);
        let got: Vec<_> = response.get_all(header::VARY).iter().collect();
        assert_eq!(got, after.iter().collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn with_origins_configured_a_handler_s_own_fields_do_not_count() {
    let cors = cors(|_| {});
    let own = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://evil.test"),
        (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
    ];
    let mut response = headers(&own);
    cors.apply(&Decision::None, &mut response);
    assert!(!response.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    assert!(!response.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    cors.apply(&Decision::Actual(HeaderValue::from_static("https://shop.example.com")), &mut response);
    assert_eq!(response[header::ACCESS_CONTROL_EXPOSE_HEADERS], "x-request-id, retry-after, location");
    assert!(!response.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
}

#[test]
fn without_origins_nothing_is_decided_and_nothing_touched() {
    let cors = Cors::from_settings(&CorsSettings::default()).unwrap();
    let decision = preflight(&cors, "https://shop.example.com", "PUT", None);
    assert_eq!(decision, Decision::None);
    let mut fields = headers(&[(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")]);
    cors.apply(&decision, &mut fields);
    assert_eq!(fields, headers(&[(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")]));
}

#[test]
fn any_origin_is_answered_with_an_asterisk_that_depends_on_nothing() {
    let cors = cors(|settings| settings.origins = vec!["*".to_owned()]);
    for origin in ["https://whoever.test", "null"] {
        let decision = cors.decide(&Method::GET, &headers(&[(header::ORIGIN, origin)]));
        let fields = response(&cors, &decision);
        assert_eq!(fields[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(
            !fields.contains_key(header::VARY)
                && !fields.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS)
        );
    }
}

#[test]
fn a_wrong_configuration_is_refused_by_name() {
    type Edit = fn(&mut CorsSettings);
    let cases: [(&str, Edit); 9] = [
        ("`cors.credentials`", |settings| {
            settings.origins = vec!["*".to_owned()];
            settings.credentials = true;
        }),
        ("`null`", |settings| settings.origins = vec!["null".to_owned()]),
        ("`put`", |settings| settings.methods = vec!["put".to_owned()]),
        ("`TRACE`", |settings| settings.methods = vec!["TRACE".to_owned()]),
        ("`*` in `cors.methods`", |settings| settings.methods = vec!["*".to_owned()]),
        ("`*` in `cors.headers`", |settings| settings.headers = vec!["*".to_owned()]),
        ("`two words`", |settings| settings.headers = vec!["two words".to_owned()]),
        ("`*` in `cors.expose`", |settings| settings.expose = vec!["*".to_owned()]),
        ("24 hours", |settings| settings.max_age = testudo_settings::Period::from_secs(86_401)),
    ];
    for (words, edit) in cases {
        let mut settings = CorsSettings::default();
        edit(&mut settings);
        let error = Cors::from_settings(&settings).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    for refusal in [CorsRefusal::Origin, CorsRefusal::Method, CorsRefusal::Header] {
        assert!(!refusal.detail().is_empty());
    }
}
