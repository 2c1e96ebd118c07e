/// What a load generator sends, and how fast.
struct LoadShape {
    /// SPOP connections.
    var connections = 8
    /// Frames under way on each connection, in a closed loop.
    var window = 4
    /// Frames per second over all connections, in an open loop; 0 makes it a closed one, in which a frame is sent for
    /// each that is acknowledged.
    var rate = 0.0
    var seconds = 2.0
    /// Header fields of the request that is copied.
    var headers = 6
    /// Bytes of its body; with 0 it is a GET, else a POST.
    var bodyBytes = 0

    var isOpenLoop: Bool { rate > 0 }
}
