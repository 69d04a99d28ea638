#pragma once

#include "ui/common/job.h"
#include "ui/services.h"

#include <QComboBox>

namespace tau::ui {

/// Which branch of a clone is looked at: the one that is checked out, until a person chooses
/// another one, here or as it was fetched from the git host. `activated` tells of a choice.
class BranchChoice : public QComboBox {
    Q_OBJECT
public:
    explicit BranchChoice(Services& services, QWidget* parent = nullptr);
    /// Looks again; what was chosen stays so, as long as it is there.
    void show_branches(const flow::LocalProject& project, vault::Role role);
    /// Back to the branch that is checked out.
    void reset();
    /// "main", "origin/main"; empty: what is checked out.
    std::string branch() const;
    bool busy() const { return job_.running(); }

private:
    void fill(const flow::CloneState& state);

    Services& services_;
    Job job_;
};

} // namespace tau::ui
