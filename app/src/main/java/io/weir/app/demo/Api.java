package io.weir.app.demo;

import java.util.List;

/** One of the five APIs whose policies ship, and what its clients ask for. */
record Api(String domain, List<Endpoint> endpoints) {

    static final List<Api> ALL = List.of(
            new Api("hexnode", Endpoint.weighted("""
                            12 GET /api/v1/devices/
                            10 GET /api/v1/devices/#/
                            4 GET /api/v1/devices/#/applications/
                            4 GET /api/v1/users/
                            2 GET /api/v1/policy/
                            3 POST /api/v1/actions/scan_device/
                            1 POST /api/v1/actions/lock_device/
                            """)),
            new Api("hexagraph", Endpoint.weighted("""
                            10 GET /outputs?per_page=25
                            8 GET /outputs/#
                            6 GET /authors/#
                            3 GET /institutions/#
                            6 POST /graphql
                            1 GET /rate-limit
                            """)),
            new Api("tagoio", Endpoint.weighted("""
                            20 POST /data
                            8 GET /data?variable=temperature&qty=10
                            1 GET /data?query=aggregate&variable=temperature
                            4 GET /device
                            5 GET /device/#
                            2 GET /device/#/data_amount
                            2 GET /device/params/#
                            1 POST /device/token
                            3 GET /info
                            2 GET /analysis
                            10 PUBLISH /mqtt
                            2 SUBSCRIBE /mqtt
                            1 CONNECT /mqtt
                            """)),
            new Api("onboardinghub", Endpoint.weighted("""
                            10 GET /api/v1/guides
                            8 GET /api/v1/guides/#
                            6 GET /api/v1/users/#/progress
                            4 POST /api/v1/enrollments
                            2 PATCH /api/v1/guides/#
                            3 POST /mcp
                            """)),
            new Api("nexudus", Endpoint.weighted("""
                            10 GET /api/spaces/coworkers?page=1
                            8 GET /api/spaces/coworkers/#
                            5 GET /api/spaces/users
                            4 POST /api/spaces/bookings
                            4 POST /api/spaces/checkin
                            2 PUT /api/spaces/coworkers/#
                            4 GET /api/public/resources
                            3 GET /api/business/settings
                            2 POST /api/auth/token
                            1 GET /api/Sys/AuditTrailEntries
                            1 POST /api/integrations/openai
                            """)));
}
