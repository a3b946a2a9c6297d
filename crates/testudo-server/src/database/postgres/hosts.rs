//! A URL with several hosts, as libpq has them (the Postgres documentation, section 34.1.1.3).

use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

/// The options for each host of `postgres://user@one:5432,two:5433/database`.
pub(super) fn parse(url: &str) -> Result<Vec<PgConnectOptions>, String> {
    split(url).iter().map(|url| PgConnectOptions::from_str(url).map_err(|error| said(&error))).collect()
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
    fn a_message_names_host_and_port_alone() {
        let hosts = parse("postgres://user:hunter2@one:5433,two/app").unwrap();
        let names: Vec<_> = hosts.iter().map(name).collect();
        assert_eq!(names, ["one:5433", "two:5432"]);
    }
}
