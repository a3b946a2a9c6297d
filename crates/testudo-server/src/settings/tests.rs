use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Settings::read(variables).map_err(|errors| errors.to_string())
}

#[test]
fn an_environment_is_all_that_is_needed() {
    let settings = read(&[("TESTUDO__ENVIRONMENT", "test"), ("PATH", "/bin")]).unwrap();
    assert_eq!(settings.environment, Environment::Test);
    assert_eq!((settings.host, settings.port), (DEFAULT_HOST, 8_000));
    assert_eq!((settings.database_url, settings.log_level), (None, Level::INFO));
}

#[test]
fn every_variable_has_its_effect() {
    let settings = read(&[
        ("TESTUDO__ENVIRONMENT", "production"),
        ("TESTUDO__SERVER__HOST", "::1"),
        ("TESTUDO__SERVER__PORT", "0"),
        ("TESTUDO__DATABASE__URL", "sqlite:///data/catalog.db"),
        ("TESTUDO__LOG__LEVEL", "debug"),
    ])
    .unwrap();
    assert_eq!(settings.environment, Environment::Production);
    assert_eq!((settings.host.to_string().as_str(), settings.port), ("::1", 0));
    assert_eq!(settings.database_url.as_deref(), Some("sqlite:///data/catalog.db"));
    assert_eq!(settings.log_level, Level::DEBUG);
}

#[test]
fn a_wrong_variable_is_named_with_its_value_and_the_fix() {
    struct Case {
        name: &'static str,
        variable: (&'static str, &'static str),
        expected: &'static str,
    }
    let cases = [
        Case {
            name: "misspelt environment",
            variable: ("TESTUDO__ENVIRONMENT", "prodution"),
            expected: "TESTUDO__ENVIRONMENT=\"prodution\": use `development`, `test`, `staging` or `production`; \
                       did you mean `production`?",
        },
        Case {
            name: "blank environment",
            variable: ("TESTUDO__ENVIRONMENT", ""),
            expected: "TESTUDO__ENVIRONMENT=\"\": use `development`, `test`, `staging` or `production`",
        },
        Case {
            name: "port out of range",
            variable: ("TESTUDO__SERVER__PORT", "65536"),
            expected: "TESTUDO__SERVER__PORT=\"65536\": use a number from 1 to 65535, or 0 for a free port",
        },
        Case {
            name: "host name",
            variable: ("TESTUDO__SERVER__HOST", "example.org"),
            expected: "TESTUDO__SERVER__HOST=\"example.org\": use an IP address: `127.0.0.1` for this machine alone, \
                       `0.0.0.0` for everybody",
        },
        Case {
            name: "blank database",
            variable: ("TESTUDO__DATABASE__URL", ""),
            expected: "TESTUDO__DATABASE__URL=\"\": use a URL such as `sqlite://catalog.db`, or unset it",
        },
        Case {
            name: "misspelt level",
            variable: ("TESTUDO__LOG__LEVEL", "inof"),
            expected: "TESTUDO__LOG__LEVEL=\"inof\": use `error`, `warn`, `info`, `debug` or `trace`; \
                       did you mean `info`?",
        },
        Case {
            name: "misspelt variable",
            variable: ("TESTUDO__SERVER__PROT", "9000"),
            expected: "TESTUDO__SERVER__PROT=\"...\": there is no such variable; did you mean `TESTUDO__SERVER__PORT`?",
        },
        Case {
            name: "small letters",
            variable: ("testudo__server__port", "9000"),
            expected: "testudo__server__port=\"...\": there is no such variable; did you mean `TESTUDO__SERVER__PORT`?",
        },
        Case {
            name: "a variable like no other",
            variable: ("TESTUDO__X", "9000"),
            expected: "TESTUDO__X=\"...\": there is no such variable; unset it, or use one of TESTUDO__ENVIRONMENT, \
                       TESTUDO__SERVER__HOST, TESTUDO__SERVER__PORT, TESTUDO__DATABASE__URL, TESTUDO__LOG__LEVEL",
        },
    ];
    for case in cases {
        let error = read(&[("TESTUDO__ENVIRONMENT", "test"), case.variable]).err().unwrap();
        assert_eq!(error, case.expected, "{}", case.name);
    }
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let error = read(&[("TESTUDO__SERVER__PORT", "x"), ("TESTUDO__LOG__LEVEL", "x"), ("TESTUDO__LOGS", "x")]);
    let error = error.err().unwrap();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), 4, "{error}");
    assert!(
        lines[0].starts_with("TESTUDO__ENVIRONMENT is not set: there is no default; set it to"),
        "{error}"
    );
    assert!(lines[1].starts_with("TESTUDO__SERVER__PORT="), "{error}");
    assert!(lines[2].starts_with("TESTUDO__LOG__LEVEL="), "{error}");
    assert!(lines[3].starts_with("TESTUDO__LOGS="), "{error}");
}

#[test]
fn variables_that_kubernetes_sets_for_a_service_named_testudo_are_not_ours() {
    assert!(read(&[("TESTUDO__ENVIRONMENT", "test"), ("TESTUDO_PORT", "tcp://10.0.0.1:80")]).is_ok());
}

#[cfg(unix)]
#[test]
fn a_value_that_is_no_text_is_an_error() {
    use std::os::unix::ffi::OsStringExt;
    let name = OsString::from("TESTUDO__ENVIRONMENT");
    let error = Settings::read([(name, OsString::from_vec(vec![0xff]))]).err().unwrap();
    assert_eq!(error.to_string(), "TESTUDO__ENVIRONMENT=\"\u{fffd}\": the value is not valid UTF-8");
}
