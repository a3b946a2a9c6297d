//! Fields, sections and stored hashes.

use axum::http::{HeaderMap, HeaderValue};
use base64::prelude::{BASE64_STANDARD, Engine};

use super::{
    super::{
        credentials::{Credentials, NoCredentials},
        work::memory_min_kib,
    },
    *,
};

fn read(fields: &[&[u8]]) -> Result<Credentials, NoCredentials> {
    let mut headers = HeaderMap::new();
    for field in fields {
        headers.append("authorization", HeaderValue::from_bytes(field).unwrap());
    }
    Credentials::of(&headers)
}

#[test]
fn what_is_no_name_and_password() {
    use NoCredentials::{Malformed, Missing};
    let of = |text: &str| format!("Basic {}", BASE64_STANDARD.encode(text)).into_bytes();
    let of_bytes = |bytes: &[u8]| format!("Basic {}", BASE64_STANDARD.encode(bytes)).into_bytes();
    let good = of("ann:secret");
    let long = "x".repeat(1_025);
    let cases: [(&str, Vec<Vec<u8>>, NoCredentials); 25] = [
        ("no field", vec![], Missing),
        ("another scheme", vec![b"Bearer YW5uOnNlY3JldA==".to_vec()], Missing),
        ("an empty field", vec![b"".to_vec()], Missing),
        ("a longer scheme", vec![b"Basics YW5uOnNlY3JldA==".to_vec()], Missing),
        ("no space", vec![b"BasicYW5uOnNlY3JldA==".to_vec()], Missing),
        ("two fields", vec![good.clone(), good.clone()], Malformed),
        ("two fields, one of another scheme", vec![b"Bearer x".to_vec(), good.clone()], Malformed),
        ("two in one field", vec![[&good[..], b", ", &good].concat()], Malformed),
        ("only the scheme", vec![b"Basic".to_vec()], Malformed),
        ("only the scheme, and a space", vec![b"Basic ".to_vec()], Malformed),
        ("a tab", vec![b"Basic \tYW5uOnNlY3JldA==".to_vec()], Malformed),
        ("something behind", vec![b"Basic YW5uOnNlY3JldA== x".to_vec()], Malformed),
        ("no Base64", vec![b"Basic ann:secret".to_vec()], Malformed),
        ("no padding", vec![b"Basic YW5uOnNlY3JldA".to_vec()], Malformed),
        ("Base64 for addresses", vec![b"Basic YW5uOj8_Pw==".to_vec()], Malformed),
        ("bits left over", vec![b"Basic YW5uOnNlY3JldB==".to_vec()], Malformed),
        ("bytes beyond ASCII", vec![b"Basic YW5u\xe4".to_vec()], Malformed),
        ("no colon", vec![of("ann")], Malformed),
        ("no name", vec![of(":secret")], Malformed),
        ("Latin-1", vec![of_bytes(b"ann:s\xe9cret")], Malformed),
        ("a null byte", vec![of("ann\0:secret")], Malformed),
        ("a line end", vec![of("ann:secret\n")], Malformed),
        ("a control character beyond ASCII", vec![of("ann:sec\u{85}ret")], Malformed),
        ("a long name", vec![of(&format!("{}:secret", &long[..257]))], Malformed),
        ("a long password", vec![of(&format!("ann:{long}"))], Malformed),
    ];
    for (name, fields, expected) in cases {
        let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
        assert_eq!(read(&fields).unwrap_err(), expected, "{name}");
    }
}

#[test]
fn what_is_a_name_and_a_password() {
    let longest = ("n".repeat(256), "p".repeat(1_024));
    for (case, field, name, password) in [
        ("as clients send it", encoded("ann", "secret"), "ann", "secret"),
        (
            "another case of the scheme",
            encoded("ann", "secret").replacen("Basic", "bASIC", 1),
            "ann",
            "secret",
        ),
        ("more spaces", encoded("ann", "secret").replacen(' ', "   ", 1), "ann", "secret"),
        ("colons in the password", encoded("ann", "a:b:"), "ann", "a:b:"),
        ("no password", encoded("ann", ""), "ann", ""),
        ("spaces", encoded("ann lee", " a b "), "ann lee", " a b "),
        ("the example of RFC 7617, section 2.1", "Basic dGVzdDoxMjPCow==".to_owned(), "test", "123\u{a3}"),
        ("composed letters", encoded("J\u{fc}rgen", "\u{fc}"), "J\u{fc}rgen", "\u{fc}"),
        ("the same, decomposed", encoded("Ju\u{308}rgen", "u\u{308}"), "J\u{fc}rgen", "\u{fc}"),
        ("the longest", encoded(&longest.0, &longest.1), &longest.0, &longest.1),
    ] {
        let credentials = read(&[field.as_bytes()]).unwrap();
        assert_eq!((credentials.name.as_str(), credentials.password.expose()), (name, password), "{case}");
        assert!(format!("{credentials:?}").contains("[redacted]"), "{case}");
    }
}

#[test]
fn what_is_not_a_section() {
    for (name, section, mistake) in [
        ("a typo", r#"{"relm": "staff"}"#, "relm"),
        ("an empty realm", r#"{"realm": ""}"#, "`realm` is \"\""),
        ("a quote", r#"{"realm": "a\"b"}"#, "without `\"` and `\\`"),
        ("a letter beyond ASCII", r#"{"realm": "caf\u00e9"}"#, "printable ASCII"),
        ("a line end", r#"{"realm": "a\nb"}"#, "printable ASCII"),
        ("less memory than is safe", r#"{"memory": "19455KiB"}"#, "at least `19MiB`"),
        ("the same, with 1 iteration", r#"{"memory": "45MiB", "iterations": 1}"#, "at least `46MiB`"),
        ("the same, with many", r#"{"memory": "6MiB", "iterations": 16}"#, "at least `7MiB`"),
        ("too much memory", r#"{"memory": "1025MiB"}"#, "at most `1GiB`"),
        ("no iterations", r#"{"iterations": 0}"#, "`iterations` is `0`: write 1 to 16"),
        ("too many", r#"{"iterations": 17}"#, "`iterations` is `17`"),
        ("none at once", r#"{"at_once": 0}"#, "`at_once` is `0`: write 1 to 64"),
        ("too long a queue", r#"{"queue": 1025}"#, "`queue` is `1025`: write 0 to 1024"),
    ] {
        let error = serde_json::from_str::<BasicSettings>(section).unwrap_err().to_string();
        assert!(error.contains(mistake), "{name}: {error}");
    }
    let BasicSettings { work, at_once, queue, .. } = BasicSettings::default();
    assert_eq!((work, at_once, queue), (Work::DEFAULT, 2, 16));
    let longest = "x".repeat(64);
    assert!(serde_json::from_str::<BasicSettings>(&format!(r#"{{"realm": "{longest}"}}"#)).is_ok());
    assert!(serde_json::from_str::<BasicSettings>(&format!(r#"{{"realm": "{longest}x"}}"#)).is_err());
}

#[test]
fn how_much_memory_is_enough() {
    // OWASP, Password Storage Cheat Sheet, "Argon2id".
    for (iterations, mib) in [(1, 46), (2, 19), (3, 12), (4, 9), (5, 7), (16, 7)] {
        assert_eq!(memory_min_kib(iterations), mib * 1_024, "{iterations}");
    }
    for (work, is_below) in [
        (MORE, false),
        (Work { memory_kib: 15, ..MORE }, true),
        (Work { iterations: 1, ..MORE }, true),
        (Work { memory_kib: 32, iterations: 1, ..MORE }, true),
        (Work { memory_kib: 32, iterations: 3, ..MORE }, false),
    ] {
        assert_eq!(work.is_below(MORE), is_below, "{work:?}");
    }
}

#[test]
fn what_is_not_a_stored_hash() {
    let good =
        "$argon2id$v=19$m=19456,t=2,p=1$y0TnTSkC5t17oy5iHVuJbg$aRw8ZJC/yyVqJHTURkzjccEhkZ+BP2sJyv/FXUxn0E4";
    assert_eq!(good.parse::<Hash>().unwrap().work(), Work::DEFAULT);
    for (name, text) in [
        ("nothing", String::new()),
        ("another algorithm", good.replace("argon2id", "argon2d")),
        ("yet another", "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned()),
        ("an old version", good.replace("v=19", "v=16")),
        ("no version", good.replace("v=19$", "")),
        ("no output", good.rsplit_once('$').unwrap().0.to_owned()),
        (
            "a short output",
            good.replace("aRw8ZJC/yyVqJHTURkzjccEhkZ+BP2sJyv/FXUxn0E4", "aRw8ZJC/yyVqJHTURkzj"),
        ),
        ("endless memory", good.replace("m=19456", "m=1048577")),
        ("endless iterations", good.replace("t=2", "t=17")),
        ("many lanes", good.replace("p=1", "p=17")),
        ("a key of its own", good.replace("p=1", "p=1,keyid=AAAA")),
    ] {
        let error = text.parse::<Hash>().unwrap_err().to_string();
        assert!(!error.contains("aRw8"), "{name}: {error}");
    }
}

#[test]
fn two_hashes_of_a_password_differ_and_it_fits_both_however_it_is_composed() {
    let settings = settings(LITTLE, 1, 0);
    let composed = Hash::of("\u{fc}ber", &settings).unwrap();
    let decomposed = Hash::of("u\u{308}ber", &settings).unwrap();
    assert_ne!(composed.expose(), decomposed.expose());
    let fits = |hash: &Hash, password| hash.fits(password, &mut Vec::new()).unwrap();
    assert!(fits(&composed, "\u{fc}ber") && fits(&decomposed, "\u{fc}ber"));
    assert!(!fits(&composed, "uber") && !fits(&Hash::decoy(LITTLE), "\u{fc}ber"));
    assert_eq!(Hash::decoy(MORE).work(), MORE);
}
