// Go client of Chancery: the stubs of chancery.v1, and examples. The path begins with a name that RFC 2606 keeps free, because the project has no public home:
// nobody can ever serve another module under it. Depend on it with a replace directive, as README.md shows.
module chancery.example/go

go 1.25.0

require (
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260526163538-3dc84a4a5aaa
	google.golang.org/grpc v1.83.2
	google.golang.org/protobuf v1.36.12
)

require (
	golang.org/x/net v0.58.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/text v0.41.0 // indirect
)
