//! Names that a gateway serves (zosbase:pkg/gridtypes/zos/gw.go, gw_name.go, gw_fqdn.go).

use serde::{Deserialize, Serialize};

/// A name under the gateway's domain. The name contract for it must exist, of the same twin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NameProxy {
    /// The name, without the domain; see [`super::GatewayName`].
    pub name: String,
    /// Hands TLS on to the backend instead of ending it at the gateway.
    pub tls_passthrough: bool,
    /// Exactly one: `http://ip[:port]`, or `ip:port` with TLS handed on.
    pub backends: Vec<String>,
    /// The private network that the backend is in, which must also be deployed on the gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

/// A domain that points to the gateway already: the node looks it up when it is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FqdnProxy {
    /// The whole name. Not one under the gateway's own domain.
    pub fqdn: String,
    /// As in [`NameProxy`].
    pub tls_passthrough: bool,
    /// As in [`NameProxy`].
    pub backends: Vec<String>,
    /// As in [`NameProxy`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}
