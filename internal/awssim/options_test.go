// This file tests what accounts and servers can be set up with: partitions,
// organizations, transport.
package awssim_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func TestPartitions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	sim := awssim.Start(awssim.Options{})
	t.Cleanup(sim.Close)
	china, other := sim.AddAccount(ownerID, awssim.InPartition("aws-cn")), sim.AddAccount(consumerID)
	china.AddRole("/", "app")
	key := china.AdminKey()
	who := got(stsOf(sim, key).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})).must(t)
	if arn := aws.ToString(who.Arn); arn != "arn:aws-cn:iam::111111111111:user/admin" {
		t.Errorf("ARN is %s", arn)
	}
	admin := iamOf(sim, key)
	attach := func(arn string) outcome[*iam.AttachRolePolicyOutput] {
		return got(admin.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("app"), PolicyArn: &arn}))
	}
	attach("arn:aws-cn:iam::aws:policy/ReadOnlyAccess").must(t)
	attach("arn:aws:iam::aws:policy/ReadOnlyAccess").refused(t, "NoSuchEntity", "")
	// Nobody assumes a role of another partition, nor can be trusted there.
	got(stsOf(sim, other.AdminKey()).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws-cn:iam::111111111111:role/app"), RoleSessionName: aws.String("job"),
	})).refused(t, "AccessDenied", "sts:AssumeRole")
	got(admin.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String("app"), PolicyDocument: aws.String(trustIn(consumerRoot, "{}")),
	})).refused(t, "MalformedPolicyDocument", "Invalid principal in policy")
}

func TestOrganizations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options []awssim.AccountOption
		code    string
	}{
		"member":          {options: []awssim.AccountOption{awssim.InOrganization("o-a1b2c3d4e5")}},
		"member of other": {options: []awssim.AccountOption{awssim.InOrganization("o-other12345")}, code: "AccessDenied"},
		"no member":       {code: "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := awssim.Start(awssim.Options{})
			t.Cleanup(sim.Close)
			owner, consumer := sim.AddAccount(ownerID), sim.AddAccount(consumerID, c.options...)
			got(iamOf(sim, owner.AdminKey()).CreateRole(context.Background(), &iam.CreateRoleInput{
				RoleName: aws.String("share"), Path: aws.String("/crossaccount/"),
				AssumeRolePolicyDocument: aws.String(trustIn("*", `{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`)),
			})).must(t)
			got(stsOf(sim, consumer.AdminKey()).AssumeRole(context.Background(), &sts.AssumeRoleInput{
				RoleArn: aws.String(shareARN), RoleSessionName: aws.String("job"),
			})).refused(t, c.code, "")
		})
	}
}

func TestTransport(t *testing.T) {
	t.Parallel()
	const onlyTLS = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
		{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
	for name, c := range map[string]struct {
		options awssim.Options
		network awssim.Network
		code    string
	}{
		"secure":          {},
		"as it really is": {options: awssim.Options{InsecureTransport: true}, code: "AccessDenied"},
		"of one key":      {network: awssim.Network{Insecure: true}, code: "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := awssim.Start(c.options)
			t.Cleanup(sim.Close)
			owner := sim.AddAccount(ownerID)
			owner.AddUser("/", "ann", onlyTLS)
			key := owner.UserKey("ann")
			sim.SetNetwork(key, c.network)
			got(iamOf(sim, key).ListRoles(context.Background(), &iam.ListRolesInput{})).refused(t, c.code, "")
		})
	}
}
