//! Which errors mean that the database is not there, and not that the program is wrong.

use std::error::Error;

use sqlx::error::DatabaseError;

/// Whether an error says that the database cannot serve now. The request is then answered with `503`, and may be
/// repeated.
pub(crate) fn is_unavailable(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<sqlx::Error>() {
            return match error {
                sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Io(_)
                | sqlx::Error::Tls(_) => true,
                sqlx::Error::Database(error) => is_passing(&**error),
                _ => false,
            };
        }
        next = error.source();
    }
    false
}

/// Postgres has a class for every kind of error (its documentation, appendix A), SQLite a number.
fn is_passing(error: &dyn DatabaseError) -> bool {
    let code = error.code().unwrap_or_default();
    if code.len() == 5 {
        // No connection, no resources, an operator intervened, a system error; a statement that took too long; a
        // server that has become a standby.
        let class = &code[..2];
        return matches!(class, "08" | "53" | "57" | "58") || code == "25006";
    }
    // Busy, locked, no memory, full, cannot open: the lower byte of an extended code is the primary one.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_database_is_told_from_a_wrong_statement() {
        let io = || std::io::Error::new(std::io::ErrorKind::ConnectionReset, "reset by peer");
        for (name, error, expected) in [
            ("no connection was free in time", sqlx::Error::PoolTimedOut, true),
            ("the connection broke", sqlx::Error::Io(io()), true),
            ("a row that is not there", sqlx::Error::RowNotFound, false),
            ("a column of another name", sqlx::Error::ColumnNotFound("x".to_owned()), false),
        ] {
            assert_eq!(is_unavailable(&error), expected, "{name}");
        }
        assert!(!is_unavailable(&std::fmt::Error));
    }
}
