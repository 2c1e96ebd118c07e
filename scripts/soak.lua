-- Mixed traffic for wrk: methods (no HEAD: wrk would wait for a body of its answer), targets, bodies of none to more than
-- HAProxy's buffer, and pauses, from the seed in SOAK_SEED.
math.randomseed(tonumber(os.getenv("SOAK_SEED") or "1"))
local methods = {"GET", "GET", "GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
local sizes = {0, 1, 100, 1500, 9000, 14000, 30000}
local bodies = {}
for _, size in ipairs(sizes) do bodies[size] = string.rep("b", size) end

function delay() return math.random(0, 20) end

function request()
    local method = methods[math.random(#methods)]
    local headers = {["X-Soak"] = string.rep("h", math.random(0, 800)), ["Cookie"] = "a=1; b=2"}
    local body
    if method == "POST" or method == "PUT" or method == "PATCH" then body = bodies[sizes[math.random(#sizes)]] end
    return wrk.format(method, "/soak/" .. math.random(1000) .. "?q=" .. math.random(1000), headers, body)
end

function done(summary)
    local errors = summary.errors
    io.write(string.format("requests=%d connect=%d read=%d write=%d status=%d timeout=%d\n", summary.requests,
        errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
