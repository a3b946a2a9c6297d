//! From events to lines.

use std::{error::Error, fmt, sync::Arc, time::SystemTime};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    subscriber::Interest,
};
use tracing_subscriber::{
    Layer,
    layer::Context,
    registry::{LookupSpan, SpanRef},
};

use super::{Logger, line::Line};
use crate::observe::ids::Ids;

/// Turns events into lines of the log.
#[derive(Debug)]
pub(super) struct LogLayer(pub(super) Logger);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for LogLayer {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.0.0.level.allows(*metadata.level()) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.0.0.level.allows(*metadata.level())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.0.0.level.as_filter())
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if self.0.has_said(metadata.target()) {
            return;
        }
        let ids = context.event_scope(event).and_then(|mut spans| spans.find_map(|span| ids_of(&span)));
        self.0.write(|out, form| {
            let mut line = Line::begin(out, form, SystemTime::now(), *metadata.level(), metadata.target());
            event.record(&mut Fields(&mut line));
            if let Some(ids) = &ids {
                line.ids(ids);
            }
            line.end();
        });
    }
}

fn ids_of<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) -> Option<Arc<Ids>> {
    span.extensions().get::<Arc<Ids>>().cloned()
}

/// The fields of an event, on their way into a line.
struct Fields<'a, 'b>(&'a mut Line<'b>);

impl Fields<'_, '_> {
    fn literal(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.0.named(field.name());
        self.0.literal(value);
    }

    fn display(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.0.named(field.name());
        self.0.display(value);
    }
}

impl Visit for Fields<'_, '_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0.message(value);
        } else {
            self.display(field, format_args!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.0.message(&format_args!("{value}"));
        } else {
            self.0.named(field.name());
            self.0.text(value);
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.display(field, format_args!("{}", Causes(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.literal(field, format_args!("{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.literal(field, format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.literal(field, format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.literal(field, format_args!("{value:?}"));
        } else {
            // JSON has no word for it (RFC 8259, section 6).
            self.display(field, format_args!("{value}"));
        }
    }

    // Beyond 64 bits readers of JSON disagree on numbers (RFC 8259, section 6).
    fn record_i128(&mut self, field: &Field, value: i128) {
        self.display(field, format_args!("{value}"));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.display(field, format_args!("{value}"));
    }
}

/// An error with what caused it.
struct Causes<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut error = self.0;
        while let Some(source) = error.source() {
            write!(f, ": {source}")?;
            error = source;
        }
        Ok(())
    }
}
