package share

// Via is how the consumer reaches the bucket.
type Via string

// The ways. In state and configuration they have these names.
const (
	// ViaRole has the consumer assume a role of the owner's.
	ViaRole Via = "role"
	// ViaAccessPoint has the consumer assume the role, which then reaches the bucket through an access point of its own.
	ViaAccessPoint Via = "access_point"
	// ViaDirect lets the consumer's principals themselves into the bucket, without a role.
	ViaDirect Via = "direct"
)
