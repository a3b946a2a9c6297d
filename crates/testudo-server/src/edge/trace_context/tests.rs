use super::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

fn headers(traceparent: &[&str], tracestate: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for field in traceparent {
        headers.append(TRACEPARENT, field.parse().unwrap());
    }
    for field in tracestate {
        headers.append(TRACESTATE, field.parse().unwrap());
    }
    headers
}

#[test]
fn a_valid_traceparent_is_continued_and_an_invalid_one_is_ignored() {
    let valid = format!("00-{TRACE}-{SPAN}-01");
    let cases: [(&str, &[&str], bool); 24] = [
        ("level 1", &[&valid], true),
        ("not sampled", &[&format!("00-{TRACE}-{SPAN}-00")], true),
        ("level 2, random", &[&format!("00-{TRACE}-{SPAN}-03")], true),
        ("flags of times to come", &[&format!("00-{TRACE}-{SPAN}-ff")], true),
        ("a version to come", &[&format!("01-{TRACE}-{SPAN}-01")], true),
        ("a version to come, with more", &[&format!("cc-{TRACE}-{SPAN}-01-what-the-future-brings")], true),
        ("a version to come, with more but no dash", &[&format!("cc-{TRACE}-{SPAN}-01.what")], false),
        ("version 00 with more", &[&format!("{valid}-more")], false),
        ("version ff", &[&format!("ff-{TRACE}-{SPAN}-01")], false),
        ("upper-case version", &[&format!("CC-{TRACE}-{SPAN}-01")], false),
        ("upper-case trace id", &[&format!("00-{}-{SPAN}-01", TRACE.to_uppercase())], false),
        ("upper-case span id", &[&format!("00-{TRACE}-{}-01", SPAN.to_uppercase())], false),
        ("upper-case flags", &[&format!("00-{TRACE}-{SPAN}-0A")], false),
        ("trace id all zero", &[&format!("00-{}-{SPAN}-01", "0".repeat(32))], false),
        ("span id all zero", &[&format!("00-{TRACE}-{}-01", "0".repeat(16))], false),
        ("a digit short", &[&valid[..54]], false),
        ("a digit more", &[&format!("{valid}0")], false),
        ("not hexadecimal", &[&format!("00-{TRACE}-{SPAN}-0g")], false),
        ("underscores for dashes", &[&valid.replace('-', "_")], false),
        ("blank in front", &[&format!("0 -{TRACE}-{SPAN}-01")], false),
        ("several fields", &[&valid, &valid], false),
        ("two in one field", &[&format!("{valid},{valid}")], false),
        ("empty", &[""], false),
        ("none", &[], false),
    ];
    for (name, fields, continued) in cases {
        let trace = TraceContext::of(&headers(fields, &["a=1"]));
        assert_eq!(trace.trace_id_hex().as_str() == TRACE, continued, "{name}");
        assert_eq!(
            trace.parent.map(|id| Hex::<16>::of(&id).to_string()).is_some_and(|id| id == SPAN),
            continued
        );
        assert_eq!(trace.tracestate.is_some(), continued, "{name}: the state belongs to the parent");
        assert_ne!(format!("{:016x}", trace.span_number()), SPAN, "{name}: the span is the service's own");
        assert_ne!((trace.trace_id, trace.span_id), ([0; 16], [0; 8]), "{name}");
    }
}

#[test]
fn the_flags_are_taken_over() {
    for (flags, sampled, random) in
        [("00", false, false), ("01", true, false), ("02", false, true), ("ff", true, true)]
    {
        let trace = TraceContext::of(&headers(&[&format!("00-{TRACE}-{SPAN}-{flags}")], &[]));
        assert_eq!((trace.sampled, trace.random), (sampled, random), "{flags}");
    }
}

#[test]
fn tracestate_is_joined_bounded_and_dropped_when_malformed() {
    let valid = format!("00-{TRACE}-{SPAN}-01");
    let longest = format!("a={}", "x".repeat(510));
    let too_long = format!("{longest}x");
    let many = ["a=1"; 32].join(",");
    let too_many = ["a=1"; 33].join(",");
    let cases: [(&str, &[&str], Option<&str>); 14] = [
        ("one", &["rojo=00f067aa0ba902b7"], Some("rojo=00f067aa0ba902b7")),
        ("a list", &["rojo=1,congo=2"], Some("rojo=1,congo=2")),
        ("several fields", &["rojo=1", "congo=2"], Some("rojo=1,congo=2")),
        ("an empty field among them", &["rojo=1", "", "congo=2"], Some("rojo=1,congo=2")),
        ("empty members", &["rojo=1, ,congo=2"], Some("rojo=1, ,congo=2")),
        ("an empty value", &["rojo="], Some("rojo=")),
        ("none", &[], None),
        ("empty", &[""], None),
        ("no key", &["=1"], None),
        ("no value", &["rojo"], None),
        ("not ASCII", &["rojo=é"], None),
        ("512 bytes", &[&longest], Some(&longest)),
        ("513 bytes", &[&too_long], None),
        ("33 members", &[&too_many], None),
    ];
    for (name, fields, expected) in cases {
        let mut headers = headers(&[&valid], &[]);
        for field in fields {
            headers.append(TRACESTATE, HeaderValue::from_bytes(field.as_bytes()).unwrap());
        }
        let got = TraceContext::of(&headers).tracestate;
        assert_eq!(got.as_ref().map(HeaderValue::as_bytes), expected.map(str::as_bytes), "{name}");
    }
    assert!(TraceContext::of(&headers(&[&valid], &[&many])).tracestate.is_some(), "32 members");
}

#[test]
fn ids_differ_from_request_to_request() {
    let (one, two) = (TraceContext::begin(), TraceContext::begin());
    assert_ne!(one.trace_id, two.trace_id);
    assert_ne!(one.span_id, two.span_id);
}
