-- Asks Weir whether to pass a request on; see haproxy.cfg.
--
--   http-request lua.weir URL     asks the gateway at URL; answers a denied request and ends it
--   http-response lua.weir-headers    adds the headers that Weir told for a request that passed
--
-- Weir is asked to deny with 403 (deny=403 in the URL) and to tell its real status and reason in headers: any other answer than
-- 2xx and that is none of Weir's, such as HAProxy's own 503 when the gateway is away. Then requests pass. (When the gateway is
-- there but the enforcers are not, the policy says what happens.) Nothing waits here but the request that asks.

local TIMEOUT = 2000 -- ms

-- Headers that are about one connection or one message, not about the request; and what only this script may say.
local LEFT_OUT = {
    ["connection"] = true, ["keep-alive"] = true, ["te"] = true, ["trailer"] = true, ["transfer-encoding"] = true,
    ["upgrade"] = true, ["expect"] = true, ["content-length"] = true, ["date"] = true,
    ["x-forwarded-for"] = true, ["x-forwarded-host"] = true, ["x-forwarded-method"] = true, ["x-forwarded-uri"] = true,
    ["x-original-method"] = true, ["x-original-uri"] = true,
    ["weir-answer"] = true, ["weir-status"] = true, ["weir-reason"] = true,
}

-- The only value of a header, or nil. HAProxy counts from 0.
local function first(headers, name)
    local values = headers[name]
    return values and values[0]
end

-- What is about the request, its values counted from 1.
local function copy(headers)
    local copied = {}
    for name, values in pairs(headers) do
        if not LEFT_OUT[name:lower()] then
            local list = {}
            for _, value in pairs(values) do
                list[#list + 1] = value
            end
            copied[name] = list
        end
    end
    return copied
end

local function ask(txn, url)
    local headers = copy(txn.http:req_get_headers())
    headers["x-forwarded-method"] = { txn.f:method() }
    headers["x-forwarded-uri"] = { txn.f:pathq() }
    headers["x-forwarded-for"] = { tostring(txn.f:src()) }
    if headers["host"] ~= nil then
        headers["x-forwarded-host"] = headers["host"]
    end
    local asked, answer = pcall(function()
        return core.httpclient():get({ url = url, headers = headers, timeout = TIMEOUT })
    end)
    local status = asked and answer ~= nil and answer.status or 0
    if status == 0 or status >= 500 then
        core.Warning("weir: " .. url .. " does not answer; the request passes")
        return nil
    end
    return answer
end

core.register_action("weir", { "http-req" }, function(txn, url)
    local answer = ask(txn, url)
    if answer == nil then
        return
    end
    if answer.status >= 200 and answer.status < 300 then
        txn:set_priv(copy(answer.headers))
        return
    end
    local reply = txn:reply()
    local status = tonumber(first(answer.headers, "weir-status")) or answer.status
    local reason = first(answer.headers, "weir-reason")
    if reason then
        reply:set_status(status, reason)
    else
        reply:set_status(status)
    end
    for name, values in pairs(copy(answer.headers)) do
        for _, value in ipairs(values) do
            reply:add_header(name, value)
        end
    end
    reply:set_body(answer.body)
    txn:done(reply)
end, 1)

core.register_action("weir-headers", { "http-res" }, function(txn)
    local headers = txn:get_priv()
    if type(headers) ~= "table" then
        return
    end
    for name, values in pairs(headers) do
        txn.http:res_del_header(name)
        for _, value in ipairs(values) do
            txn.http:res_add_header(name, value)
        end
    end
end, 0)
