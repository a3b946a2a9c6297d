use super::*;

fn made(edit: impl FnOnce(&mut HeaderSettings)) -> SecurityHeaders {
    let mut settings = HeaderSettings::default();
    edit(&mut settings);
    SecurityHeaders::from_settings(&settings).unwrap()
}

fn api() -> SecurityHeaders {
    made(|_| {})
}

fn html() -> SecurityHeaders {
    made(|settings| settings.preset = HeaderPreset::Html)
}

/// The fields of a response in which a handler has set these.
fn response(made: &SecurityHeaders, own: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers: HeaderMap = own
        .iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
        .collect();
    made.apply(StatusCode::OK, &mut headers, true, made.nonce().as_ref());
    headers
}

fn text(headers: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<_> =
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    lines.sort();
    lines
}

#[test]
fn an_api_has_exactly_these_fields() {
    assert_eq!(
        text(&response(&api(), &[("content-type", "application/json")])),
        [
            "cache-control: no-store",
            "content-security-policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "content-type: application/json",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "permissions-policy: accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
             magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
            "referrer-policy: no-referrer",
            "strict-transport-security: max-age=63072000; includeSubDomains",
            "x-content-type-options: nosniff",
            "x-frame-options: DENY",
        ]
    );
}

#[test]
fn a_page_has_exactly_these_fields_and_its_nonce() {
    let html = html();
    let nonce = html.nonce().unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("Text/HTML; charset=utf-8"));
    html.apply(StatusCode::OK, &mut headers, true, Some(&nonce));
    let nonce = nonce.made().unwrap();
    assert_eq!(
        text(&headers),
        [
            "cache-control: no-store".to_owned(),
            format!(
                "content-security-policy: default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src \
                 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self'; \
                 manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
                 frame-ancestors 'none'"
            ),
            "content-type: Text/HTML; charset=utf-8".to_owned(),
            "cross-origin-opener-policy: same-origin".to_owned(),
            "cross-origin-resource-policy: same-origin".to_owned(),
            "permissions-policy: accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
             magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
                .to_owned(),
            "referrer-policy: strict-origin-when-cross-origin".to_owned(),
            "strict-transport-security: max-age=63072000; includeSubDomains".to_owned(),
            "x-content-type-options: nosniff".to_owned(),
            "x-frame-options: DENY".to_owned(),
        ]
    );
}

#[test]
fn what_a_handler_has_set_stays_where_it_protects_and_is_replaced_where_it_does_not() {
    let cases = [
        ("x-content-type-options", "nosniff", "nosniff"),
        ("x-content-type-options", "NoSniff", "NoSniff"),
        ("x-content-type-options", "none", "nosniff"),
        ("x-content-type-options", "", "nosniff"),
        ("x-frame-options", "deny", "deny"),
        ("x-frame-options", "SAMEORIGIN", "SAMEORIGIN"),
        ("x-frame-options", "ALLOWALL", "DENY"),
        ("x-frame-options", "ALLOW-FROM https://a.example", "DENY"),
        ("x-frame-options", "DENY, ALLOWALL", "DENY"),
        ("referrer-policy", "same-origin", "same-origin"),
        ("referrer-policy", "strict-origin-when-cross-origin", "strict-origin-when-cross-origin"),
        ("referrer-policy", "no-referrer, same-origin", "no-referrer, same-origin"),
        ("referrer-policy", "unsafe-url", "no-referrer"),
        ("referrer-policy", "no-referrer, unsafe-url", "no-referrer"),
        ("referrer-policy", "no-referrer-when-downgrade", "no-referrer"),
        ("referrer-policy", "origin", "no-referrer"),
        ("cross-origin-resource-policy", "cross-origin", "cross-origin"),
        ("cross-origin-resource-policy", "anything", "same-origin"),
        ("cross-origin-opener-policy", "same-origin-allow-popups", "same-origin-allow-popups"),
        ("cross-origin-opener-policy", "same-origin; report-to=\"x\"", "same-origin; report-to=\"x\""),
        ("cross-origin-opener-policy", "unsafe-none", "same-origin"),
        ("permissions-policy", "camera=(self)", "camera=(self)"),
        ("content-security-policy", "default-src 'self'", "default-src 'self'"),
        ("cache-control", "public, max-age=60", "public, max-age=60"),
        ("strict-transport-security", "max-age=0", "max-age=63072000; includeSubDomains"),
        ("x-xss-protection", "0", "0"),
        ("x-xss-protection", "1; mode=block", "0"),
        ("server", "own", "own"),
    ];
    for (name, own, expected) in cases {
        let headers = response(&api(), &[(name, own)]);
        let got: Vec<_> = headers.get_all(name).iter().collect();
        assert_eq!(got, [expected], "{name}: {own}");
    }
}

#[test]
fn several_fields_of_a_handler_s_stay_only_if_all_of_them_protect() {
    let headers = response(&api(), &[("x-frame-options", "SAMEORIGIN"), ("x-frame-options", "ALLOWALL")]);
    assert_eq!(headers.get_all("x-frame-options").iter().collect::<Vec<_>>(), ["DENY"]);
    let own = [("content-security-policy", "default-src 'self'"), ("content-security-policy", "img-src *")];
    assert_eq!(response(&api(), &own).get_all("content-security-policy").iter().count(), 2);
}

#[test]
fn what_tells_attackers_is_taken_away_and_nothing_is_added_that_only_old_browsers_knew() {
    let headers = response(&api(), &[("x-powered-by", "Express")]);
    assert!(!headers.contains_key("x-powered-by"));
    assert!(!headers.contains_key("x-xss-protection"));
    assert!(!headers.contains_key("server"));
}

#[test]
fn in_the_clear_there_is_no_strict_transport_security() {
    let mut headers = HeaderMap::new();
    headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=1"));
    api().apply(StatusCode::OK, &mut headers, false, None);
    assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
}

#[test]
fn a_nonce_is_made_for_pages_and_for_handlers_that_ask_and_not_else() {
    let html = html();
    let apply = |content_type: Option<&'static str>, nonce: &Nonce| {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        html.apply(StatusCode::OK, &mut headers, true, Some(nonce));
        headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("'nonce-")
    };
    for (content_type, is_page) in [
        (None, false),
        (Some("application/json"), false),
        (Some("text/htmlx"), false),
        (Some("image/svg+xml"), false),
        (Some("text/html"), true),
        (Some("application/xhtml+xml; charset=utf-8"), true),
    ] {
        let nonce = html.nonce().unwrap();
        assert_eq!(apply(content_type, &nonce), is_page, "{content_type:?}");
        assert_eq!(nonce.made().is_some(), is_page, "{content_type:?}");
    }
    let asked = html.nonce().unwrap();
    asked.make().unwrap();
    assert!(apply(Some("text/plain"), &asked), "a handler has asked");

    let own_policy = [("content-type", "text/html"), ("content-security-policy", "default-src 'self'")];
    assert_eq!(response(&html, &own_policy)["content-security-policy"], "default-src 'self'");
    assert!(api().nonce().is_none());
}

#[test]
fn a_stored_page_keeps_the_nonce_that_its_content_has() {
    let html = html();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    html.apply(StatusCode::NOT_MODIFIED, &mut headers, true, html.nonce().as_ref());
    assert!(!headers.contains_key(header::CONTENT_SECURITY_POLICY));
    assert!(!headers.contains_key(header::CACHE_CONTROL));
    assert!(headers.contains_key(header::X_CONTENT_TYPE_OPTIONS));
}

#[test]
fn storing_is_forbidden_where_a_handler_has_said_nothing_about_it() {
    for (made, own, expected) in [
        (api(), None, Some("no-store")),
        (api(), Some(("etag", "\"1\"")), Some("no-store")),
        (html(), None, Some("no-store")),
        (html(), Some(("etag", "\"1\"")), None),
        (html(), Some(("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT")), None),
        (html(), Some(("cache-control", "max-age=1")), Some("max-age=1")),
    ] {
        let headers = response(&made, own.as_slice());
        let got = headers.get(header::CACHE_CONTROL).map(|value| value.to_str().unwrap());
        assert_eq!(got, expected, "{own:?}");
    }
}

#[test]
fn a_policy_of_the_configuration_takes_the_preset_s_place() {
    let made = made(|settings| {
        settings.content_security_policy = Some("script-src 'nonce-{nonce}'".to_owned());
    });
    let headers = response(&made, &[("content-type", "text/html")]);
    assert!(headers["content-security-policy"].to_str().unwrap().starts_with("script-src 'nonce-"));
    assert_eq!(response(&made, &[])["content-security-policy"], "script-src");

    let mut settings = HeaderSettings::default();
    settings.content_security_policy = Some("script-src {nonce}".to_owned());
    assert!(SecurityHeaders::from_settings(&settings).unwrap_err().contains("content_security_policy"));
}
