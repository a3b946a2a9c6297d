use std::{fs, path::Path};

use tempfile::TempDir;

use super::*;
use crate::error::Exit;

struct Pair {
    folder: TempDir,
}

impl Pair {
    fn new() -> Self {
        let pair = Self { folder: tempfile::tempdir().unwrap() };
        pair.write(true, true);
        pair
    }

    /// Writes a new certificate, or its key, or both.
    fn write(&self, certificate: bool, key: bool) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        if certificate {
            fs::write(self.certificate(), made.cert.pem()).unwrap();
        }
        if key {
            fs::write(self.key(), made.signing_key.serialize_pem()).unwrap();
        }
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("tls.crt")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("tls.key")
    }

    fn load(&self) -> Result<Tls, StartError> {
        Tls::load(self.certificate(), self.key(), true)
    }
}

fn used(tls: &Tls) -> Vec<u8> {
    tls.current.leaf()
}

fn on_disk(file: &Path) -> Vec<u8> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    CertificateDer::from_pem_file(file).unwrap().to_vec()
}

#[test]
fn whatever_is_wrong_at_start_names_the_file_and_the_setting() {
    type Break = fn(&Pair);
    let cases: [(&str, Break, &str); 5] = [
        (
            "no certificate",
            |pair| fs::remove_file(pair.certificate()).unwrap(),
            "tls.crt cannot be used: put a",
        ),
        ("no key", |pair| fs::remove_file(pair.key()).unwrap(), "or set `server.tls.key` to where it is"),
        ("an empty certificate", |pair| fs::write(pair.certificate(), "").unwrap(), "tls.crt cannot be used"),
        (
            "a certificate for a key",
            |pair| drop(fs::copy(pair.certificate(), pair.key())),
            "tls.key cannot be used",
        ),
        (
            "two halves of two pairs",
            |pair| pair.write(false, true),
            "tls.key does not fit the certificate in",
        ),
    ];
    for (name, break_it, expected) in cases {
        let pair = Pair::new();
        break_it(&pair);
        let error = pair.load().unwrap_err();
        assert!(error.to_string().contains(expected), "{name}: {error}");
        assert_eq!(error.exit(), Exit::Refused, "{name}");
    }
}

#[test]
fn a_changed_pair_is_taken_over_and_half_of_one_is_not() {
    let pair = Pair::new();
    let tls = pair.load().unwrap();
    let (first, stamp) = (used(&tls), tls.stamp());

    assert_eq!(tls.look(stamp, false), stamp);
    assert_eq!(used(&tls), first, "nothing has changed");

    let made =
        rcgen::generate_simple_self_signed(["localhost".to_owned(), "longer.example".to_owned()]).unwrap();
    fs::write(pair.certificate(), made.cert.pem()).unwrap();
    let half = tls.look(stamp, false);
    assert_ne!(half, stamp);
    assert_eq!(used(&tls), first, "the key is still the old one");

    // Written after the other half was seen, with a time of its own: a file system's clock may be coarse.
    let key = fs::File::create(pair.key()).unwrap();
    std::io::Write::write_all(&mut &key, made.signing_key.serialize_pem().as_bytes()).unwrap();
    key.set_modified(std::time::SystemTime::now() + Duration::from_secs(1)).unwrap();
    assert_ne!(tls.look(half, false), half);
    assert_eq!(used(&tls), on_disk(&pair.certificate()));
}

#[test]
fn a_reload_that_was_asked_for_reads_what_looks_unchanged() {
    let pair = Pair::new();
    let tls = pair.load().unwrap();
    pair.write(true, true);
    tls.look(tls.stamp(), true);
    assert_eq!(used(&tls), on_disk(&pair.certificate()));
}
