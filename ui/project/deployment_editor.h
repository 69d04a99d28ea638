#pragma once

#include "ui/common/page.h"
#include "ui/services.h"

#include <QComboBox>
#include <QLineEdit>

#include <functional>

namespace tau::ui {

/// One row of the deployments while it is written: where, which repository, and what it runs.
class DeploymentEditor : public Card {
    Q_OBJECT
public:
    /// Branches of a repository that are known, and whether its history is on this computer.
    struct Known {
        QStringList branches;
        bool history = false;
    };
    explicit DeploymentEditor(QWidget* parent = nullptr);
    void set_known(const std::array<Known, 2>& known); ///< configuration, code
    /// `is_new`: part and repository can be chosen; else only what runs there.
    void ask(const vault::Deployment& row, bool is_new);
    std::optional<vault::Deployment> answer() const; ///< none while something is missing
    void set_commit(const QString& commit);
    void set_node(const QString& node_id);
    /// What a node is called, of those that are known; else empty.
    using NodeName = std::function<QString(const std::string& node_id)>;
    void set_node_name(NodeName name) { node_name_ = std::move(name); }

    QComboBox& places() { return *place_; }
    QComboBox& regions() { return *region_; }
    QLineEdit& node() { return *node_; }
    QComboBox& repositories() { return *repository_; }
    QComboBox& refs() { return *ref_; }
    QPushButton& put_button() { return *put_; }
    QPushButton& pick_button() { return *pick_; }
    QPushButton& node_button() { return *pick_node_; }
    QString note() const { return note_->text(); }

Q_SIGNALS:
    void put(const tau::vault::Deployment& row);
    void commit_wanted(tau::vault::Role repository);
    /// `typed`: what the person may have begun to look for.
    void node_wanted(const QString& typed);
    void cancelled();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    vault::Role role() const;
    void fill_branches();
    void refresh();
    QString problem() const;
    QString advice() const;

    std::array<Known, 2> known_;
    NodeName node_name_;
    bool is_new_ = true;
    QLabel* heading_;
    QLabel* note_;
    QComboBox* place_;
    QComboBox* region_;
    QWidget* node_row_;
    QLineEdit* node_;
    QPushButton* pick_node_;
    QComboBox* repository_;
    QComboBox* ref_;
    QLabel* region_label_ = nullptr;
    QLabel* node_label_ = nullptr;
    QPushButton* pick_;
    QPushButton* put_;
};

} // namespace tau::ui
