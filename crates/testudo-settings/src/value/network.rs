//! Networks.

use ipnet::{IpNet, Ipv4Net};

/// Bits of `::ffff:0:0/96` (RFC 4291, section 2.5.5.2).
const MAPPED_BITS: u8 = 96;

/// The network as addresses are compared with it: an IPv4-mapped one (RFC 4291, section 2.5.5.2) stands for the IPv4 one.
///
/// ```
/// use testudo_settings::canonical_network;
///
/// for (written, canonical) in [
///     ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
///     ("192.0.2.0/24", "192.0.2.0/24"),
///     ("2001:db8::/32", "2001:db8::/32"),
///     ("::/0", "::/0"),
/// ] {
///     assert_eq!(canonical_network(written.parse().unwrap()).to_string(), canonical);
/// }
/// ```
pub fn canonical_network(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else { return network };
    let prefix = mapped.prefix_len().checked_sub(MAPPED_BITS);
    match (mapped.addr().to_ipv4_mapped(), prefix) {
        (Some(address), Some(prefix)) => Ipv4Net::new(address, prefix).map_or(network, IpNet::V4),
        _ => network,
    }
}
