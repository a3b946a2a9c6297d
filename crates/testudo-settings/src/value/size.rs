//! Amounts of memory and content, written with their unit.

use std::{borrow::Cow, fmt, str::FromStr};

use bytesize::ByteSize;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A number of bytes, written with its unit: `"16KiB"`, `"2MiB"`, `"1GB"`. A bare number is an error: nobody knows of
/// what.
///
/// ```
/// use testudo_settings::Size;
///
/// let size: Size = "2 MiB".parse().unwrap();
/// assert_eq!(size.bytes(), 2 * 1_024 * 1_024);
/// assert_eq!(size.to_string(), "2MiB");
/// assert_eq!((Size::mib(2), Size::kib(2_048), size.as_usize()), (size, size, 2_097_152));
/// assert!("2048".parse::<Size>().is_err() && "16EiB".parse::<Size>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(u64);

impl Size {
    /// So many KiB.
    pub const fn kib(kib: u64) -> Self {
        Self(kib * 1_024)
    }

    /// So many MiB.
    pub const fn mib(mib: u64) -> Self {
        Self::kib(mib * 1_024)
    }

    /// How many bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// How many bytes, as far as this machine can count them.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fix = "write a size with its unit, such as `16KiB` or `2MiB`";
        if text.trim_end().ends_with(|last: char| last.is_ascii_digit()) {
            return Err(fix.to_owned());
        }
        let size = text.parse::<ByteSize>().map_err(|_| fix.to_owned())?.as_u64();
        // What is more than a number holds is counted as the largest there is, which nobody has written.
        if size == u64::MAX { Err(fix.to_owned()) } else { Ok(Self(size)) }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Exact: what is printed can be written back.
        const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
        match UNITS.into_iter().find(|(_, unit)| self.0 != 0 && self.0.is_multiple_of(*unit)) {
            Some((name, unit)) => write!(f, "{}{name}", self.0 / unit),
            None => write!(f, "{}B", self.0),
        }
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Size {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "size-with-unit", "examples": ["16KiB", "2MiB"] })
    }
}
