//! A URL with several hosts, as libpq has them (the Postgres documentation, section 34.1.1.3).

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

/// The parameters that the driver knows, under their usual names. It ignores others: a `sslmod=verify-full` would be no
/// verification at all, and what it holds would be in the log.
const PARAMETERS: [&str; 12] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
];
/// The same under other names.
const ALIASES: [&str; 6] = ["ssl-mode", "ssl-root-cert", "ssl-ca", "ssl-cert", "ssl-key", "options"];

/// The options for each host of `postgres://user@one:5432,two:5433/database`.
pub(super) fn parse(url: &str) -> Result<Vec<PgConnectOptions>, String> {
    if !url.contains("://") {
        // The driver would take the rest for the name of a database on this machine.
        return Err("is no Postgres URL: use one such as `postgres://user@host/database`".to_owned());
    }
    if !unknown_parameters(url).is_empty() {
        return Err(format!(
            "has a parameter that nobody knows: known are {}, options and options[NAME]; a `?` in a password is \
             written `%3F`",
            PARAMETERS.join(", ")
        ));
    }
    split(url).iter().map(|url| PgConnectOptions::from_str(url).map_err(|error| said(&error))).collect()
}

fn unknown_parameters(url: &str) -> Vec<&str> {
    let query = url.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
    let keys = query.split('&').filter(|pair| !pair.is_empty());
    let keys = keys.map(|pair| pair.split_once('=').map_or(pair, |(key, _)| key));
    let is_option = |key: &str| {
        let name = key.strip_prefix("options").unwrap_or_default();
        name.starts_with('[') || name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%5b"))
    };
    keys.filter(|key| !PARAMETERS.contains(key) && !ALIASES.contains(key) && !is_option(key)).collect()
}

/// What is wrong, without the URL that may hold a password.
fn said(error: &sqlx::Error) -> String {
    format!("is no Postgres URL ({error}): use one such as `postgres://user@host/database`")
}

/// The same URL once for each host.
fn split(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return vec![url.to_owned()] };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (user, hosts) = match authority.rsplit_once('@') {
        Some((user, hosts)) => (format!("{user}@"), hosts),
        None => (String::new(), authority),
    };
    hosts.split(',').map(|host| format!("{scheme}://{user}{host}{tail}")).collect()
}

/// What a host is called in messages.
pub(super) fn name(host: &PgConnectOptions) -> String {
    format!("{}:{}", host.get_host(), host.get_port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_has_the_user_the_database_and_the_parameters() {
        for (url, expected) in [
            ("postgres://db/app", vec!["postgres://db/app"]),
            (
                "postgres://u:p@one:1,two:2/app?sslmode=require",
                vec!["postgres://u:p@one:1/app?sslmode=require", "postgres://u:p@two:2/app?sslmode=require"],
            ),
            ("postgres://u:a,b@one/app", vec!["postgres://u:a,b@one/app"]),
            ("postgres://one,[::1]:5433", vec!["postgres://one", "postgres://[::1]:5433"]),
        ] {
            assert_eq!(split(url), expected, "{url}");
        }
    }

    #[test]
    fn a_parameter_that_would_be_ignored_is_a_mistake_and_is_not_shown() {
        for (query, expected) in [
            ("", vec![]),
            ("?", vec![]),
            ("?sslmode=disable&application_name=a", vec![]),
            ("?options=-c%20a=b&options[c]=d&options%5Be%5D=f#g=h", vec![]),
            ("?sslmod=verify-full&port=1", vec!["sslmod"]),
            ("?pasword=hunter2", vec!["pasword"]),
            ("?hunter2", vec!["hunter2"]),
            ("?options-x=1&SSLMODE=require", vec!["options-x", "SSLMODE"]),
        ] {
            let url = format!("postgres://user@db/app{query}");
            assert_eq!(unknown_parameters(&url), expected, "{query}");
            match parse(&url) {
                Ok(_) => assert!(expected.is_empty(), "{query} is taken"),
                Err(error) => {
                    assert!(error.starts_with("has a parameter") && !error.contains("hunter2"), "{error}");
                }
            }
        }
    }

    #[test]
    fn a_url_without_a_host_is_none() {
        for url in ["postgres:user:hunter2@db/app", "postgres:/user:hunter2@db/app"] {
            let error = parse(url).unwrap_err();
            assert!(error.starts_with("is no Postgres URL") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_message_names_host_and_port_alone() {
        let hosts = parse("postgres://user:hunter2@one:5433,two/app").unwrap();
        let names: Vec<_> = hosts.iter().map(name).collect();
        assert_eq!(names, ["one:5433", "two:5432"]);
    }
}
