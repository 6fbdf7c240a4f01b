using System.Net;

namespace Sluice.Proxy.Upstream;

/// <summary>Asks for the addresses of a name, past all caches of this process.</summary>
/// <param name="host">The name.</param>
/// <exception cref="System.Net.Sockets.SocketException">There is no answer, or none with an address.</exception>
internal delegate Task<IPAddress[]> NameLookup(string host);
