//! What went wrong with a migration, and what to do.

use sqlx::migrate::MigrateError;

use super::is_unavailable;
use crate::error::StartError;

pub(super) fn explained(error: MigrateError) -> StartError {
    match error {
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => {
            let unavailable = is_unavailable(&cause);
            let sentence = if unavailable {
                StartError::surroundings(
                    "the database cannot be written: it has to take writes, with space left, and nobody else may hold it; \
                     choose another place with TESTUDO__DATABASE__URL",
                )
            } else {
                StartError::incomplete("a migration of the database failed; what it had changed is undone")
            };
            sentence.caused_by(cause)
        }
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) | MigrateError::VersionTooNew(..) => {
            StartError::surroundings(
                "the database belongs to another version of this program: run that one, or choose another database \
                 with TESTUDO__DATABASE__URL",
            )
            .caused_by(error)
        }
        error => StartError::incomplete("the database could not be brought up to date").caused_by(error),
    }
}
