use http::Request;

use super::*;

fn hosts(allowed: &[&str]) -> Hosts {
    let mut settings = HostSettings::default();
    settings.allowed = allowed.iter().map(|entry| (*entry).to_owned()).collect();
    Hosts::from_settings(&settings).unwrap()
}

fn ask(hosts: &Hosts, version: Version, uri: &str, fields: &[&str]) -> Result<Option<String>, HostError> {
    let mut request = Request::builder().version(version).uri(uri);
    for field in fields {
        request = request.header(header::HOST, HeaderValue::from_bytes(field.as_bytes()).unwrap());
    }
    let request = request.body(()).unwrap();
    let host = hosts.check(version, request.uri(), request.headers());
    host.map(|host| host.map(|host| host.to_string()))
}

#[test]
fn a_name_is_answered_to_or_misdirected() {
    let hosts = hosts(&[
        "example.com",
        "*.example.org",
        "bücher.example",
        "localhost:8000",
        "secure.example:443",
        "[::1]",
        "10.0.0.1",
        "my_service",
        "*.dev.example:3000",
    ]);
    let cases = [
        ("example.com", true),
        ("EXAMPLE.com", true),
        ("example.com.", true),
        ("example.com:80", true),
        ("example.com:9999", true),
        ("example.com:", true),
        ("www.example.com", false),
        ("notexample.com", false),
        ("example.com.evil.test", false),
        ("example.co", false),
        ("a.example.org", true),
        ("a.b.c.example.org", true),
        ("A.EXAMPLE.ORG.", true),
        ("example.org", false),
        ("badexample.org", false),
        ("a.example.org.evil.test", false),
        ("xn--bcher-kva.example", true),
        ("XN--BCHER-KVA.example", true),
        ("xn--other-kva.example", false),
        ("localhost:8000", true),
        ("localhost", false),
        ("localhost:8001", false),
        ("secure.example", true),
        ("secure.example:443", true),
        ("secure.example:80", false),
        ("[::1]", true),
        ("[0:0:0::1]:9", true),
        ("[::2]", false),
        ("10.0.0.1", true),
        ("[::ffff:10.0.0.1]", true),
        ("10.0.0.2", false),
        ("my_service", true),
        ("a.dev.example:3000", true),
        ("a.dev.example", false),
        ("kubernetes.default", false),
    ];
    for (field, allowed) in cases {
        for (version, uri, fields) in [
            (Version::HTTP_11, "/".to_owned(), vec![field]),
            (Version::HTTP_11, format!("http://{field}/"), vec!["other.test"]),
            (Version::HTTP_2, format!("https://{field}/"), vec![]),
            (Version::HTTP_2, "/".to_owned(), vec![field]),
        ] {
            // `http` does not take a URL with an empty port.
            if field.ends_with(':') && uri != "/" {
                continue;
            }
            let got = ask(&hosts, version, &uri, &fields).map(|_| ());
            assert_eq!(
                got,
                if allowed { Ok(()) } else { Err(HostError::NotAllowed) },
                "{version:?} {uri} {fields:?}"
            );
        }
    }
}

#[test]
fn what_names_no_host_or_more_than_one_is_refused() {
    use HostError::{Disagreeing, Duplicate, Invalid, Missing, NotAllowed};
    const H1: Version = Version::HTTP_11;
    const H2: Version = Version::HTTP_2;
    let hosts = hosts(&["a.test", "b.test"]);
    type Expected = Result<Option<&'static str>, HostError>;
    let cases: [(&str, Version, &str, &[&str], Expected); 24] = [
        ("a host", H1, "/", &["a.test"], Ok(Some("a.test"))),
        ("none", H1, "/", &[], Err(Missing)),
        ("none in HTTP/1.0", Version::HTTP_10, "/", &[], Err(Missing)),
        ("none in HTTP/2", H2, "/", &[], Err(Missing)),
        ("two", H1, "/", &["a.test", "b.test"], Err(Duplicate)),
        ("the same twice", H1, "/", &["a.test", "a.test"], Err(Duplicate)),
        ("two in HTTP/2", H2, "https://a.test/", &["a.test", "a.test"], Err(Duplicate)),
        ("empty", H1, "/", &[""], Err(Invalid)),
        ("a list", H1, "/", &["a.test, b.test"], Err(Invalid)),
        ("a path", H1, "/", &["a.test/b.test"], Err(Invalid)),
        ("a user", H1, "/", &["b.test@a.test"], Err(Invalid)),
        ("a tab", H1, "/", &["a.test\tb"], Err(Invalid)),
        ("bytes beyond ASCII", H1, "/", &["bücher.test"], Err(Invalid)),
        ("a port that is none", H1, "/", &["a.test:evil"], Err(Invalid)),
        ("a whole URL wins", H1, "http://b.test/", &["a.test"], Ok(Some("b.test"))),
        ("a whole URL that is not allowed", H1, "http://c.test/", &["a.test"], Err(NotAllowed)),
        ("a whole URL with an unknown host beside", H1, "http://a.test/", &["c.test"], Ok(Some("a.test"))),
        ("a whole URL with an invalid host beside", H1, "http://a.test/", &["@"], Err(Invalid)),
        ("a whole URL alone", H1, "http://a.test/", &[], Err(Missing)),
        ("a whole URL alone in HTTP/1.0", Version::HTTP_10, "http://a.test/", &[], Ok(Some("a.test"))),
        ("a whole URL with a user", H1, "http://b.test@a.test/", &["a.test"], Err(Invalid)),
        ("HTTP/2 that agrees", H2, "https://a.test/", &["A.test:443"], Ok(Some("a.test"))),
        ("HTTP/2 that disagrees", H2, "https://a.test/", &["b.test"], Err(Disagreeing)),
        ("HTTP/2 that disagrees on the port", H2, "https://a.test/", &["a.test:8443"], Err(Disagreeing)),
    ];
    for (name, version, uri, fields, expected) in cases {
        let expected = expected.map(|host| host.map(str::to_owned));
        assert_eq!(ask(&hosts, version, uri, fields), expected, "{name}");
    }
}

#[test]
fn any_host_is_still_a_valid_one_and_only_http_1_0_may_lack_it() {
    for hosts in [hosts(&["*"]), hosts(&[]), hosts(&["a.test", "*"])] {
        assert_eq!(
            ask(&hosts, Version::HTTP_11, "/", &["whoever.test:1"]),
            Ok(Some("whoever.test:1".to_owned()))
        );
        assert_eq!(ask(&hosts, Version::HTTP_11, "/", &["<script>"]), Err(HostError::Invalid));
        assert_eq!(ask(&hosts, Version::HTTP_11, "/", &[]), Err(HostError::Missing));
        assert_eq!(ask(&hosts, Version::HTTP_10, "/", &[]), Ok(None));
    }
}

#[test]
fn a_misdirected_request_is_421_and_a_malformed_one_400() {
    for (error, status) in [
        (HostError::NotAllowed, 421),
        (HostError::Missing, 400),
        (HostError::Duplicate, 400),
        (HostError::Invalid, 400),
        (HostError::Disagreeing, 400),
    ] {
        assert_eq!(error.status(), status);
        assert!(!error.detail().is_empty());
    }
}

#[test]
fn the_host_of_a_target_takes_the_place_of_the_field() {
    for (name, version, uri, field, expected) in [
        ("another", Version::HTTP_11, "http://a.test:81/x", Some("evil.test"), Some("a.test:81")),
        ("none", Version::HTTP_10, "http://a.test/", None, Some("a.test")),
        ("a path alone", Version::HTTP_11, "/x", Some("a.test"), Some("a.test")),
        ("HTTP/2, where both have to agree", Version::HTTP_2, "http://a.test/", None, None),
    ] {
        let mut request = Request::builder().version(version).uri(uri).body(()).unwrap();
        request.headers_mut().extend(field.map(|field| (header::HOST, HeaderValue::from_static(field))));
        settle_host(&mut request);
        let seen: Vec<_> =
            request.headers().get_all(header::HOST).iter().map(|host| host.to_str().unwrap()).collect();
        assert_eq!(seen, Vec::from_iter(expected), "{name}");
    }
}
