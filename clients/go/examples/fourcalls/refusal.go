package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// What to do about a refusal, by its reason (docs/errors.md has them all), and where there is none by the status of the call.
var (
	adviceByReason = map[string]string{
		"SCOPE_NOT_GRANTABLE":    "have an operator grant it: chancery client set-scopes",
		"CLIENT_NOT_FOUND":       "have an operator add it: chancery client add",
		"CALLER_NOT_ALLOWED":     "use an identity whose certificate carries that scope",
		"CALLER_UNAUTHENTICATED": "use an identity that this authority issued",
		"CALLER_REVOKED":         "use another identity; this one is revoked",
	}
	adviceByStatus = map[codes.Code]string{
		codes.Unavailable:      "is the service running at that address, and is ca.pem its own? Try again",
		codes.DeadlineExceeded: "try again; the service is overloaded or cannot be reached",
	}
)

// refusalOf finds google.rpc.ErrorInfo among the details of a failed call.
func refusalOf(err error) *errdetails.ErrorInfo {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.Domain == "chancery.v1" {
			return info
		}
	}
	return nil
}

// explain says what failed, why, and what to do.
func explain(err error) string {
	refusal := refusalOf(err)
	if refusal == nil {
		if advice := adviceByStatus[status.Code(err)]; advice != "" {
			return fmt.Sprintf("%v: %s", err, advice)
		}
		return err.Error()
	}
	reason := strings.TrimPrefix(refusal.Reason, "ERROR_REASON_")
	var about []string
	for _, name := range slices.Sorted(maps.Keys(refusal.Metadata)) {
		about = append(about, name+"="+refusal.Metadata[name])
	}
	advice := adviceByReason[reason]
	if advice == "" {
		advice = status.Convert(err).Message()
	}
	return fmt.Sprintf("%s (%s): %s", reason, strings.Join(about, ", "), advice)
}
