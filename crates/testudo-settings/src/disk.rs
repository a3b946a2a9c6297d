//! The one place that reads files.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

/// Most bytes of a configuration file, or of a `.env` file.
pub(crate) const MAX_CONFIGURATION: u64 = 1 << 20;

/// Most bytes of a secret file.
pub(crate) const MAX_SECRET: u64 = 64 << 10;

/// Whether there is such a file.
pub(crate) fn exists(path: &Path) -> bool {
    path.is_file()
}

/// The text of a file, at most so many bytes of it, or why it cannot be had. The reason never holds the text.
pub(crate) fn read(path: &Path, most: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| reason(&error))?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| reason(&error))?;
    if bytes.len() as u64 > most {
        return Err(format!("the file is larger than {} KiB", most >> 10));
    }
    String::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "the file may not be read; change its owner or its mode".to_owned(),
        ErrorKind::IsADirectory => "this is a folder, not a file".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    }
}
