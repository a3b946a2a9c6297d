//! One line of the log, as it is written.

use std::{
    fmt::{self, Write as _},
    io::Write as _,
    net::IpAddr,
    time::SystemTime,
};

use anstyle::{AnsiColor, Style};
use axum::http::StatusCode;
use tracing::Level;

use super::{
    escape::{Escaped, VALUE_MAX_BYTES},
    timestamp,
};
use crate::{
    hex::hex,
    observe::ids::{Ids, Trace},
};

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
    /// For people at a terminal.
    Coloured,
}

/// What every line has. A field of the same name is called `field.NAME`: nothing can pretend to be another level,
/// time or request.
const RESERVED: [&str; 7] = ["timestamp", "level", "target", "message", "request_id", "trace_id", "span_id"];

/// A line that is being written: begun, given its fields, ended.
pub(crate) struct Line<'a> {
    out: &'a mut Vec<u8>,
    form: Form,
}

impl<'a> Line<'a> {
    /// Begins a line with its time (RFC 3339, UTC, microseconds), level and target.
    pub(crate) fn begin(
        out: &'a mut Vec<u8>,
        form: Form,
        now: SystemTime,
        level: Level,
        target: &str,
    ) -> Self {
        out.clear();
        let line = Self { out, form };
        if form == Form::Json {
            line.out.extend_from_slice(br#"{"timestamp":""#);
            timestamp::push(line.out, now);
            line.out.extend_from_slice(br#"","level":""#);
            line.out.extend_from_slice(level.as_str().as_bytes());
            line.out.extend_from_slice(br#"","target":""#);
            let _ = Escaped::quoted(line.out, VALUE_MAX_BYTES).write(target);
            line.out.push(b'"');
        } else {
            let style = if form == Form::Coloured { colour(level) } else { Style::new() };
            timestamp::push(line.out, now);
            // Writing into memory does not fail.
            let _ = write!(line.out, " {style}{level:>5}{style:#} ");
            let _ = Escaped::bare(line.out, VALUE_MAX_BYTES).write(target);
            line.out.push(b':');
        }
        line
    }

    /// The ids of the request that the line belongs to.
    pub(crate) fn ids(&mut self, ids: &Ids) {
        let [request, trace, span, end] = match self.form {
            Form::Json => [r#","request_id":""#, r#"","trace_id":""#, r#"","span_id":""#, "\""],
            Form::Text | Form::Coloured => [" request_id=", " trace_id=", " span_id=", ""],
        };
        self.piece(request);
        // It holds nothing that would have to be escaped.
        self.out.extend_from_slice(ids.request().as_str().as_bytes());
        let Trace { id, span: own, .. } = ids.trace();
        if id != 0 {
            self.piece(trace);
            self.out.extend_from_slice(&hex::<32>(&id.to_be_bytes()));
            self.piece(span);
            self.out.extend_from_slice(&hex::<16>(&own.to_be_bytes()));
        }
        self.piece(end);
    }

    /// What happened.
    pub(crate) fn message(&mut self, message: &dyn fmt::Debug) {
        if self.form == Form::Json {
            self.key("message");
            self.out.push(b'"');
            let _ = write!(Escaped::quoted(self.out, VALUE_MAX_BYTES), "{message:?}");
            self.out.push(b'"');
        } else {
            self.out.push(b' ');
            let _ = write!(Escaped::bare(self.out, VALUE_MAX_BYTES), "{message:?}");
        }
    }

    /// A field named by whoever logs.
    pub(super) fn named(&mut self, name: &str) {
        self.separator();
        let is_json = self.form == Form::Json;
        if is_json {
            self.out.push(b'"');
        }
        if RESERVED.contains(&name) {
            self.out.extend_from_slice(b"field.");
        }
        // Also without quotes around it: `a=1` is to be one field, whatever its name holds.
        let _ = Escaped::quoted(self.out, VALUE_MAX_BYTES).write(name);
        self.out.extend_from_slice(if is_json { b"\":" } else { b"=" });
    }

    /// One of our own field names.
    pub(crate) fn key(&mut self, name: &'static str) {
        self.separator();
        if self.form == Form::Json {
            self.out.push(b'"');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"\":");
        } else {
            self.out.extend_from_slice(name.as_bytes());
            self.out.push(b'=');
        }
    }

    fn separator(&mut self) {
        self.out.push(if self.form == Form::Json { b',' } else { b' ' });
    }

    /// The value of a field: text.
    pub(crate) fn text(&mut self, value: &str) {
        self.bytes(value.as_bytes(), VALUE_MAX_BYTES);
    }

    /// The value of a field: text as a client sent it.
    pub(crate) fn bytes(&mut self, value: &[u8], max_bytes: usize) {
        self.out.push(b'"');
        let _ = Escaped::quoted(self.out, max_bytes).write_bytes(value);
        self.out.push(b'"');
    }

    /// The value of a field: text that is made while it is written.
    pub(crate) fn display(&mut self, value: fmt::Arguments<'_>) {
        self.out.push(b'"');
        let _ = Escaped::quoted(self.out, VALUE_MAX_BYTES).write_fmt(value);
        self.out.push(b'"');
    }

    /// The value of a field: a number or a word that JSON knows, written as it is.
    pub(crate) fn literal(&mut self, value: fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(value);
    }

    /// The value of a field: an address, which needs no escaping.
    pub(crate) fn address(&mut self, address: IpAddr) {
        let quote: &[u8] = if self.form == Form::Json { b"\"" } else { b"" };
        self.out.extend_from_slice(quote);
        match address {
            IpAddr::V4(address) => {
                let mut text = [0; 15];
                let mut length = 0;
                for (place, octet) in address.octets().into_iter().enumerate() {
                    if place > 0 {
                        text[length] = b'.';
                        length += 1;
                    }
                    for (unit, least) in [(100, 100), (10, 10), (1, 0)] {
                        if octet >= least {
                            text[length] = b'0' + octet / unit % 10;
                            length += 1;
                        }
                    }
                }
                self.out.extend_from_slice(&text[..length]);
            }
            IpAddr::V6(address) => {
                let _ = write!(self.out, "{address}");
            }
        }
        self.out.extend_from_slice(quote);
    }

    /// The value of a field: a whole number.
    pub(crate) fn integer(&mut self, value: u64) {
        self.out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    /// The value of a field: a number of thousandths, as a number with three decimals.
    pub(crate) fn thousandths(&mut self, value: u128) {
        let value = u64::try_from(value).unwrap_or(u64::MAX);
        self.integer(value / 1_000);
        let rest = value % 1_000;
        let digit = |unit: u64| b'0' + (rest / unit % 10) as u8;
        self.out.extend_from_slice(&[b'.', digit(100), digit(10), digit(1)]);
    }

    /// The value of a field in JSON: a word of which nothing has to be escaped.
    pub(crate) fn word(&mut self, word: &str) {
        self.out.push(b'"');
        self.out.extend_from_slice(word.as_bytes());
        self.out.push(b'"');
    }

    /// A piece of the line that is the same in every line: the brackets of a list, or a name with what is around it.
    pub(crate) fn piece(&mut self, piece: &'static str) {
        self.out.extend_from_slice(piece.as_bytes());
    }

    /// The digits of a status.
    pub(crate) fn status(&mut self, status: Option<StatusCode>) {
        self.out.extend_from_slice(status.as_ref().map_or("-", StatusCode::as_str).as_bytes());
    }

    /// Text without quotes, for people.
    pub(crate) fn bare(&mut self, value: &str) {
        let _ = Escaped::bare(self.out, VALUE_MAX_BYTES).write(value);
    }

    /// Ends the line. It is whole only now.
    pub(crate) fn end(self) -> &'a [u8] {
        self.out.extend_from_slice(if self.form == Form::Json { b"}\n" } else { b"\n" });
        self.out
    }
}

fn colour(level: Level) -> Style {
    let colour = match level {
        Level::ERROR => AnsiColor::Red,
        Level::WARN => AnsiColor::Yellow,
        Level::INFO => AnsiColor::Green,
        Level::DEBUG => AnsiColor::Blue,
        Level::TRACE => AnsiColor::Magenta,
    };
    colour.on_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::observe::log::escape::CUT;

    fn line(form: Form, write: impl FnOnce(&mut Line<'_>)) -> String {
        let mut out = Vec::new();
        let now = SystemTime::UNIX_EPOCH + Duration::from_micros(1_700_000_000_000_042);
        let mut line = Line::begin(&mut out, form, now, Level::WARN, "shop");
        write(&mut line);
        line.end();
        String::from_utf8(out).unwrap()
    }

    fn everything(line: &mut Line<'_>) {
        let ids = Ids::named("r-1", Trace { id: 0xabc, span: 0x1, caller: None });
        line.message(&format_args!("two\nlines"));
        line.ids(&ids);
        line.named("http.route");
        line.text("/a b");
        line.named("count");
        line.literal(format_args!("7"));
        line.key("from");
        line.address([10, 0, 200, 3].into());
        line.key("to");
        line.address(std::net::Ipv6Addr::LOCALHOST.into());
    }

    #[test]
    fn a_line_is_one_json_object_with_its_names_kept_flat() {
        assert_eq!(
            line(Form::Json, everything),
            "{\"timestamp\":\"2023-11-14T22:13:20.000042Z\",\"level\":\"WARN\",\"target\":\"shop\",\
             \"message\":\"two\\nlines\",\"request_id\":\"r-1\",\
             \"trace_id\":\"00000000000000000000000000000abc\",\"span_id\":\"0000000000000001\",\
             \"http.route\":\"/a b\",\"count\":7,\"from\":\"10.0.200.3\",\"to\":\"::1\"}\n"
        );
    }

    #[test]
    fn a_line_for_people_is_one_line_and_coloured_only_when_told() {
        let plain = "2023-11-14T22:13:20.000042Z  WARN shop: two\\nlines request_id=r-1 \
                     trace_id=00000000000000000000000000000abc span_id=0000000000000001 \
                     http.route=\"/a b\" count=7 from=10.0.200.3 to=::1\n";
        assert_eq!(line(Form::Text, everything), plain);
        let coloured = line(Form::Coloured, everything);
        assert_eq!(coloured.replace("\u{1b}[33m", "").replace("\u{1b}[0m", ""), plain);
        assert_ne!(coloured, plain);
    }

    #[test]
    fn addresses_are_written_as_everywhere() {
        for octet in 0..=u8::MAX {
            let address = std::net::Ipv4Addr::from([octet, 0, octet.wrapping_mul(7), octet]);
            let written = line(Form::Text, |line| line.address(address.into()));
            assert!(written.ends_with(&format!("shop:{address}\n")), "{address}: {written}");
        }
    }

    #[test]
    fn a_field_cannot_pretend_to_be_what_every_line_has() {
        for name in RESERVED {
            let written = line(Form::Json, |line| {
                line.named(name);
                line.text("forged");
            });
            let parsed: serde_json::Value = serde_json::from_str(&written).unwrap();
            assert_eq!(parsed[format!("field.{name}")], "forged");
            assert_ne!(parsed[name], "forged");
        }
    }

    #[test]
    fn the_mark_of_a_cut_value_needs_no_escaping() {
        assert!(CUT.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\'));
    }
}
