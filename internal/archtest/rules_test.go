package archtest_test

// This file is the table of the allowed imports. To move a line of the design, change the table and say why.

const module = "github.com/crossaccount/terraform-provider-crossaccount"

// Worlds that a package may import from outside the module, beside the standard library. The first that is the beginning of an import counts.
const (
	terraform = "github.com/hashicorp/terraform-plugin-" // how Terraform talks to a provider
	tooling   = "github.com/hashicorp/"                  // programs that run the Terraform CLI
	aws       = "github.com/aws/"                        // clients of AWS
	proxies   = "golang.org/x/net/http/httpproxy"        // which proxy the environment names
	storage   = "github.com/johannesboyne/gofakes3"      // objects behind the simulator
	locks     = "github.com/gofrs/flock"                 // files that one process at a time may lock
	waiting   = "context"                                // calls that can be given up
)

// edge is one allowed import and why it is there.
type edge struct{ to, reason string }

// rule is what one package may import. A folder without a rule is no package of this house.
type rule struct {
	folder string // below the module's root
	owns   string
	edges  []edge // packages of the module by their folder, and worlds
}

var rules = []rule{
	{".", "serves the provider, nothing else", []edge{
		{"internal/provider", "what is served"},
		{"internal/collector", "how its memory is kept"},
		{terraform, "how it is served"},
	}},
	{"internal/collector", "when garbage is collected", nil},
	{"internal/turns", "whose turn it is among processes", []edge{
		{locks, "locks of every system"},
		{waiting, "who gives up does not wait"},
	}},

	// The pure world: values in, values out.
	{"internal/policy", "reading and writing policy JSON", nil},
	{"internal/policy/verdict", "whether AWS would allow a call", []edge{
		{"internal/policy", "verdicts are about documents"},
	}},
	{"internal/policy/s3action", "the actions of S3, their resources and condition keys", []edge{
		{"internal/policy", "patterns of actions"},
	}},
	{"internal/share", "valid specs, derived names and Sids, rendered documents", []edge{
		{"internal/policy", "a share is rendered as documents"},
	}},
	{"internal/changes", "what to do, in safe order", []edge{
		{"internal/share", "desired and observed are compared"},
		{"internal/policy", "statements are compared"},
	}},

	{"internal/exposure", "who outside the account can reach a bucket, and how", []edge{
		{"internal/share", "shares are told from other ways in"},
		{"internal/policy", "ways in are read from documents"},
		{"internal/policy/verdict", "what a role reaches is judged"},
	}},
	{"internal/foresight", "what a share will give, before anything is written", []edge{
		{"internal/share", "what is promised"},
		{"internal/policy", "the documents around it"},
		{"internal/policy/verdict", "what comes of them is judged"},
		{"internal/policy/s3action", "which condition keys a call has"},
	}},
	{"internal/exit", "a share as configuration for hashicorp/aws", []edge{
		{"internal/share", "what is written down"},
		{"internal/policy", "documents become configuration"},
	}},

	// The AWS world.
	{"internal/awsapi", "the calls, their retries, batching and caches", []edge{
		{"internal/changes", "a change is carried out"},
		{"internal/share", "observed shares are what reads give"},
		{"internal/exposure", "what a sweep of the account reads"},
		{"internal/policy", "documents are read and patched"},
		{aws, "the only client of AWS in the product"},
		{proxies, "http_proxy of the provider and of the environment"},
		{waiting, "calls wait"},
	}},
	{"internal/reconcile", "the loop", []edge{
		{"internal/awsapi", "results and kinds of errors"},
		{"internal/changes", "the steps"},
		{"internal/share", "what is wanted and what is there"},
		{"internal/exposure", "what a survey of the account finds"},
		{waiting, "the loop waits for calls"},
	}},

	// The Terraform world.
	{"internal/provider/s3share", "schema, plan behaviour, state, every sentence that users read", []edge{
		{"internal/reconcile", "carries out what a plan says"},
		{"internal/changes", "drift has sentences"},
		{"internal/exposure", "data source and list of what reaches a bucket"},
		{"internal/exit", "the way out, as an attribute"},
		{"internal/foresight", "the verdict, as an attribute and as warnings"},
		{"internal/share", "attributes are parsed into specs"},
		{terraform, "the contract with Terraform"},
		{waiting, "Terraform cancels operations"},
	}},
	{"internal/provider/functions", "documents and verdicts without AWS, for tests of modules", []edge{
		{"internal/provider/s3share", "arguments are read as the resource reads them"},
		{"internal/policy", "policies are read"},
		{"internal/policy/verdict", "calls are judged"},
		{"internal/policy/s3action", "which actions there are"},
		{terraform, "the contract with Terraform"},
		{waiting, "as the contract wants it"},
	}},
	{"internal/provider", "ready clients, the list of resources", []edge{
		{"internal/provider/functions", "the functions"},
		{"internal/provider/s3share", "the resource"},
		{"internal/reconcile", "made with the clients"},
		{"internal/awsapi", "the clients of both accounts"},
		{"internal/turns", "what its clients wait for"},
		{"internal/share", "attributes of the provider are parsed by the same parsers"},
		{terraform, "the contract with Terraform"},
		{waiting, "Terraform cancels operations"},
	}},

	// The simulator, which the product never imports.
	{"internal/awssim", "AWS on loopback", []edge{
		{"internal/awssim/directory", "the accounts"}, {"internal/awssim/grammar", "documents that AWS refuses"},
		{"internal/awssim/iamsim", "IAM"}, {"internal/awssim/stssim", "STS"}, {"internal/awssim/s3sim", "S3"},
		{"internal/awssim/kmssim", "KMS"}, {"internal/awssim/s3controlsim", "S3 Control"},
		{"internal/awssim/analyzersim", "Access Analyzer"},
		{"internal/awssim/query", "the wire format of IAM and STS"}, {"internal/awssim/sigv4", "signatures"},
	}},
	{"internal/awssim/directory", "accounts, principals and policies as IAM stores them", []edge{
		{"internal/policy", "stored documents"}, {"internal/policy/verdict", "the judge of calls to IAM"},
		{"internal/awssim/grammar", "documents that IAM refuses"},
	}},
	{"internal/awssim/grammar", "which documents AWS refuses, with its words", nil},
	{"internal/awssim/query", "the wire format of IAM and STS", []edge{
		{"internal/awssim/directory", "whose calls they are"},
	}},
	{"internal/awssim/sigv4", "signatures", nil},
	{"internal/awssim/iamsim", "IAM", []edge{
		{"internal/awssim/directory", "what IAM stores"}, {"internal/awssim/grammar", "documents that IAM refuses"},
		{"internal/awssim/query", "the wire format"},
	}},
	{"internal/awssim/stssim", "STS", []edge{
		{"internal/awssim/directory", "roles and sessions"}, {"internal/awssim/grammar", "session policies that STS refuses"},
		{"internal/awssim/query", "the wire format"}, {"internal/policy", "session policies"}, {"internal/policy/verdict", "the judge of AssumeRole"},
	}},
	{"internal/awssim/kmssim", "KMS", []edge{
		{"internal/awssim/directory", "who calls"}, {"internal/awssim/query", "errors have one form in the simulator"},
		{"internal/policy", "key policies"}, {"internal/policy/verdict", "the judge of calls to KMS"},
	}},
	{"internal/awssim/analyzersim", "Access Analyzer", []edge{
		{"internal/awssim/directory", "who calls"}, {"internal/awssim/query", "errors have one form in the simulator"},
		{"internal/policy", "documents that are judged"}, {"internal/policy/s3action", "which actions there are"},
	}},
	{"internal/awssim/s3controlsim", "S3 Control", []edge{
		{"internal/awssim/directory", "who calls"}, {"internal/awssim/query", "errors have one form in the simulator"},
		{"internal/awssim/s3sim", "the buckets behind access points"},
	}},
	{"internal/awssim/s3sim", "S3", []edge{
		{"internal/awssim/kmssim", "keys of objects"},
		{"internal/awssim/directory", "who calls"}, {"internal/awssim/grammar", "bucket policies that S3 refuses"},
		{"internal/awssim/sigv4", "signed uploads"}, {"internal/policy/s3action", "what actions take"}, {"internal/policy", "bucket policies"}, {"internal/policy/verdict", "the judge of calls to S3"},
		{storage, "the objects"},
	}},

	// What shows, tests and measures the product from outside.
	{"examples", "the examples, embedded", nil},
	{"internal/acctest", "the product against the simulator through the real CLI", []edge{
		{"internal/provider", "the product"}, {"internal/awssim", "AWS"},
		{"internal/share", "expected names"}, {"internal/policy", "expected documents"},
		{"internal/terraformcli", "finds the CLI"}, {"internal/workspace", "runs it in a folder"}, {"examples", "what is applied"},
		{aws, "consumers are real clients"}, {terraform, "the provider in this process"}, {waiting, "tests wait"},
	}},
	{"internal/demo", "the main job, for people to see", []edge{
		{"examples", "what is applied"}, {"internal/awssim", "AWS"}, {"internal/policy", "the bucket policy before and after"},
		{"internal/terraformcli", "finds the CLI"}, {"internal/workspace", "runs it in a folder"},
		{aws, "the consumer is a real client"}, {waiting, "the demo can be stopped"},
	}},
	{"internal/bench", "what a share costs", []edge{
		{"internal/awssim", "AWS, counting calls"}, {"internal/terraformcli", "finds the CLI"}, {"internal/workspace", "runs it in a folder"},
		{aws, "counted clients"}, {waiting, "the benchmark can be stopped"},
	}},
	{"internal/bench/empty", "what Terraform and the framework cost by themselves", []edge{
		{terraform, "a provider that does nothing"}, {waiting, "as the framework wants it"},
	}},
	{"internal/docsgen", "the schema for the docs", []edge{
		{"internal/provider", "whose schema it is"}, {terraform, "the schema is asked for by protocol"}, {waiting, "as the protocol wants it"},
	}},
	{"internal/terraformcli", "a Terraform CLI, found or fetched", []edge{
		{tooling, "fetches a pinned version"}, {waiting, "fetching can be given up"},
	}},
	{"internal/workspace", "a folder in which Terraform runs", []edge{
		{waiting, "runs can be given up"},
	}},
	{"internal/archtest", "these rules", nil},
}
