import Testing

extension EndToEnd {
    @Suite("Targets")
    struct TargetTests {
        @Test("targets arrive byte for byte", arguments: HAProxyVersion.available)
        func copiesTargets(version: HAProxyVersion) throws {
            let targets = [
                "/", "/a/b/c", "/a/../b/./c", "//double//slash", "/percent%2Fencoded%00", "/semi;colon=1",
                "/braces/{a}[b]", "/query?", "/query?x=1&x=2&&y", "/plus+and%20blank?q=a+b",
                "/~tilde/!$&'()*,",
            ]
            let scenario = try Scenario(version)
            var client = try scenario.client()
            for target in targets {
                #expect(try client.exchange(Request(target: target)).status == 200)
                _ = try scenario.copy(of: target)
            }
            #expect(Set(scenario.mirror.requests.map(\.target)) == Set(targets))
        }

        @Test("a path in the mirror's URL goes before each target")
        func urlPath() throws {
            let scenario = try Scenario(.debian, mirrorPath: "/base/")
            try scenario.send(Request(target: "/x?y"))
            _ = try scenario.copy(of: "/base/x?y")
        }
    }
}
